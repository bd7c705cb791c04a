//! The loops everything spends its time in, written once over [`Simd`](crate::simd::Simd).

#![allow(clippy::needless_range_loop, reason = "a counter into several small arrays at once is how a tile is written")]

mod finite;
mod product;
mod statistics;

pub use finite::all_finite;
pub use product::{Products, add_bias_gradient, multiply_batch, multiply_columns, multiply_groups, multiply_sample, multiply_transposed};
pub use statistics::{Measured, Statistics, WIDTH, measure, sum_columns};
