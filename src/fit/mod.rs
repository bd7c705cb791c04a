//! Training runs: epochs, data order, progress, history.

mod error;
mod executor;
mod history;
mod labelled;
mod metrics;
mod pipeline;
mod progress;
mod samples;
mod subset;
mod trainer;
mod unset;
mod weighted;

pub use error::FitError;
pub use executor::Rayon;
pub use history::History;
pub use progress::Verbose;
pub use trainer::{Fit, Trainer};
pub use weighted::SampleWeights;
