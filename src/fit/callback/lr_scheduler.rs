//! A learning rate for each epoch.

use super::monitor::option;
use super::{Callback, CallbackError, Run};
use nn_core::Network;

/// Sets the learning rate at the beginning of each epoch to what a function makes of the epoch, from 0, and the rate so far: Keras's
/// `LearningRateScheduler`.
///
/// The learning rate appears in the history as `learning_rate`. For a rate that changes with every update, give the optimiser a
/// [`Schedule`](nn_core::train::schedule::Schedule).
///
/// ```
/// # use nn::prelude::*;
/// let halved = LrScheduler::new(|epoch, rate| if epoch > 0 && epoch % 10 == 0 { rate / 2.0 } else { rate });
/// ```
#[derive(Clone, Debug)]
pub struct LrScheduler<F> {
    schedule: F,
}

impl<F: FnMut(usize, f64) -> f64 + Send> LrScheduler<F> {
    /// With this function of the epoch and the rate.
    #[must_use]
    pub const fn new(schedule: F) -> Self {
        Self { schedule }
    }
}

impl<N: Network, F: FnMut(usize, f64) -> f64 + Send> Callback<N> for LrScheduler<F> {
    fn on_epoch_begin(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        let rate = (self.schedule)(run.epoch(), run.learning_rate());
        option("LrScheduler", "learning_rate", rate, rate.is_finite() && rate >= 0.0, "a finite number, at least 0")?;
        run.set_learning_rate(rate);
        Ok(())
    }

    fn on_epoch_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        let rate = run.learning_rate();
        run.record("learning_rate", rate);
        Ok(())
    }
}
