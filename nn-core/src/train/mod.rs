//! Training: losses, optimisers, learning rates, constraints, and the step that ties them together.

pub mod constraint;
mod dataset;
pub mod loss;
#[cfg(feature = "alloc")]
mod mixup;
pub mod optimizer;
mod penalty;
pub mod schedule;
#[cfg(feature = "alloc")]
mod session;
#[cfg(feature = "alloc")]
mod state;

#[cfg(feature = "alloc")]
pub use dataset::Unavailable;
pub use dataset::{Dataset, Mismatch, Reading};
pub use penalty::Penalty;
#[cfg(feature = "alloc")]
pub use session::{Evaluation, NonFinite, Session, StepReport};
#[cfg(feature = "alloc")]
pub use state::SessionState;
