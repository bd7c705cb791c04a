//! How good a classifier is, beyond one number.

mod confusion;
mod heat_map;

pub use confusion::ConfusionMatrix;
