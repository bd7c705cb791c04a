//! One update for several batches.

use super::{BadOptimizer, Optimizer, Update, invalid};
use crate::memory::Zeroable;
use crate::parameters::Parameters;
use crate::scalar::Scalar;

/// An optimiser that updates after every `steps` batches, by the mean of their gradients: Keras's `gradient_accumulation_steps`.
///
/// The gradients are added up where they are, so it takes no memory. Schedules and averages count updates, not batches. Batches that
/// are left at the end of an epoch count in the next one, as in Keras.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accumulate<O> {
    /// The optimiser.
    pub optimizer: O,
    /// Batches for each update.
    pub steps: u64,
}

impl<O> Accumulate<O> {
    /// As `optimizer`, once every `steps` batches.
    #[must_use]
    pub const fn new(optimizer: O, steps: u64) -> Self {
        Self { optimizer, steps }
    }
    wrappers!();
}

impl<T: Scalar, O: Optimizer<T>> Optimizer<T> for Accumulate<O> {
    type State<N: Zeroable> = O::State<N>;

    fn learning_rate(&self, step: u64) -> f64 {
        self.optimizer.learning_rate(step)
    }

    fn update<N: Parameters<T>>(&self, update: &Update<'_>, net: &mut N, gradient: &mut N, state: &mut Self::State<N>) {
        self.optimizer.update(update, net, gradient, state);
    }

    fn check<N: Parameters<T>>(&self, net: &N) -> Result<(), BadOptimizer> {
        invalid::at_least_one("gradient_accumulation_steps", self.steps)?;
        self.optimizer.check(net)
    }

    fn gradient_accumulation_steps(&self) -> u64 {
        self.steps.max(1).saturating_mul(self.optimizer.gradient_accumulation_steps())
    }

    fn average<'s, N: Zeroable>(&self, state: &'s mut Self::State<N>) -> Option<&'s mut N> {
        self.optimizer.average(state)
    }

    fn evaluates_average(&self) -> bool {
        self.optimizer.evaluates_average()
    }
}
