//! Training: losses, optimisers, learning rates, and the step that ties them together.

mod dataset;
pub mod loss;
pub mod optimizer;
pub mod schedule;
#[cfg(feature = "alloc")]
mod session;

pub use dataset::{Dataset, Mismatch};
#[cfg(feature = "alloc")]
pub use session::{Evaluation, NonFinite, Session, StepReport};
