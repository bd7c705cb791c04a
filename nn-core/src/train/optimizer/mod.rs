//! Optimisers: how a gradient moves the parameters.

mod adam;
mod regularize;
mod sgd;
#[cfg(test)]
mod tests;

pub use adam::Adam;
pub use regularize::{penalty, regularize};
pub use sgd::Sgd;

use crate::executor::Executor;
use crate::memory::Zeroable;
use crate::parameters::Parameters;
use crate::scalar::Scalar;

/// A rule that moves parameters against a gradient.
pub trait Optimizer<T: Scalar>: Sync {
    /// Moments: as many copies of the network's parameters as the rule keeps, e.g. `[N; 2]`. All zero at the start.
    type State<N: Zeroable>: Zeroable;

    /// The learning rate in use.
    fn learning_rate(&self) -> f64;

    /// Uses another learning rate from now on.
    fn set_learning_rate(&mut self, rate: f64);

    /// Update number `step` (from 1): moves the trainable parameters of `net` against `gradient`.
    fn update<N: Parameters<T>>(&self, step: u64, net: &mut N, gradient: &mut N, state: &mut Self::State<N>, executor: &dyn Executor);
}

/// At least this many elements are worth a thread of their own.
const GRAIN: usize = 16 * 1024;

/// A moment as it is stored: 0 instead of |x| < 2^-100, so that moments that fade out never become subnormal numbers, which cost
/// a hundred times as much. NaN stays.
#[inline(always)]
pub fn flush<T: Scalar>(x: T, threshold: T) -> T {
    if x.abs() < threshold { T::ZERO } else { x }
}

/// 2^-100.
#[inline(always)]
pub fn flush_threshold<T: Scalar>() -> T {
    T::from_f64(1.0 / (1u128 << 100) as f64)
}
