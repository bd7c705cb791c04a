//! Learning rates that change while training goes on.
//!
//! A schedule is a function of the number of updates and of nothing else: there is no state to save or to restore.

mod cosine;
mod decay;
mod one_cycle;
#[cfg(test)]
mod tests;

pub use cosine::{CosineDecay, CosineDecayRestarts};
pub use decay::{ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay, PolynomialDecay};
pub use one_cycle::{Noam, OneCycle};

/// A learning rate: a number, one of the schedules here, a function `Fn(u64) -> f64`, or a type of your own.
///
/// ```
/// use nn_core::train::optimizer::{Adam, Sgd};
/// use nn_core::train::schedule::CosineDecay;
/// let adam = Adam::new(1e-3);
/// let sgd = Sgd::new(CosineDecay::new(0.1, 10_000)).momentum(0.9);
/// let own = Adam::new(|step: u64| 1e-3 / (1.0 + step as f64).sqrt());
/// ```
pub trait Schedule: Sync {
    /// The learning rate of the update that `step` updates came before (0 for the first).
    fn learning_rate(&self, step: u64) -> f64;
}

/// The same at every step.
impl Schedule for f64 {
    fn learning_rate(&self, _: u64) -> f64 {
        *self
    }
}

impl<F: Fn(u64) -> f64 + Sync> Schedule for F {
    fn learning_rate(&self, step: u64) -> f64 {
        self(step)
    }
}

/// `step / steps` as numbers; a length of 0 counts as 1.
fn ratio(step: u64, steps: u64) -> f64 {
    step as f64 / steps.max(1) as f64
}

/// Half a wave of the cosine: 1 at 0, 0 at 1.
fn half_cosine(x: f64) -> f64 {
    0.5 * (1.0 + libm::cos(core::f64::consts::PI * x))
}
