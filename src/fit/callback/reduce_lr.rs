//! A smaller learning rate when nothing gets better.

use super::monitor::{Monitor, monitor_options, option};
use super::{Callback, CallbackError, Run};
use crate::fit::checkpoint::{Restored, Saved};
use nn_core::Network;

/// Makes the learning rate smaller when a metric has stopped improving, Keras's `ReduceLROnPlateau`.
///
/// The learning rate appears in the history as `learning_rate`. A schedule of the optimiser ends with the first reduction.
#[derive(Clone, Debug)]
pub struct ReduceLrOnPlateau {
    monitor: Monitor,
    factor: f64,
    patience: usize,
    cooldown: usize,
    min_lr: f64,
    wait: usize,
    cooldown_left: usize,
    best: Option<f64>,
}

impl Default for ReduceLrOnPlateau {
    /// Of `val_loss`.
    fn default() -> Self {
        Self::new("val_loss")
    }
}

impl ReduceLrOnPlateau {
    /// Of this metric, with Keras's defaults: a tenth of the rate after ten epochs without an improvement of 1e-4.
    #[must_use]
    pub fn new(monitor: impl Into<String>) -> Self {
        let monitor = Monitor::new(NAME, monitor, 1e-4);
        Self { monitor, factor: 0.1, patience: 10, cooldown: 0, min_lr: 0.0, wait: 0, cooldown_left: 0, best: None }
    }
    monitor_options!();
    /// What the learning rate is multiplied with, above 0 and below 1. Default: 0.1.
    #[must_use]
    pub fn factor(mut self, factor: f64) -> Self {
        self.factor = factor;
        self
    }
    /// After how many epochs without an improvement. Default: 10.
    #[must_use]
    pub fn patience(mut self, epochs: usize) -> Self {
        self.patience = epochs;
        self
    }
    /// How much better a value must be to count as an improvement. Default: 1e-4.
    #[must_use]
    pub fn min_delta(mut self, delta: f64) -> Self {
        self.monitor.min_delta = delta;
        self
    }
    /// For how many epochs after a reduction nothing counts. Default: 0.
    #[must_use]
    pub fn cooldown(mut self, epochs: usize) -> Self {
        self.cooldown = epochs;
        self
    }
    /// The smallest learning rate. Default: 0.
    #[must_use]
    pub fn min_lr(mut self, rate: f64) -> Self {
        self.min_lr = rate;
        self
    }
}

const NAME: &str = "ReduceLrOnPlateau";

impl<N: Network> Callback<N> for ReduceLrOnPlateau {
    fn on_train_begin(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        (self.wait, self.cooldown_left, self.best) = (0, 0, None);
        option(NAME, "factor", self.factor, self.factor > 0.0 && self.factor < 1.0, "a number above 0 and below 1")?;
        option(NAME, "min_lr", self.min_lr, self.min_lr.is_finite() && self.min_lr >= 0.0, "a finite number, at least 0")?;
        self.monitor.check(run)
    }

    fn on_epoch_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        let rate = run.learning_rate();
        run.record("learning_rate", rate);
        let Some(value) = self.monitor.value(run)? else { return Ok(()) };
        if self.cooldown_left > 0 {
            self.cooldown_left -= 1;
            self.wait = 0;
        }
        if self.monitor.improves(value, self.best)? {
            self.best = Some(value);
            self.wait = 0;
        } else if self.cooldown_left == 0 {
            self.wait += 1;
            if self.wait >= self.patience && rate > self.min_lr {
                run.set_learning_rate((rate * self.factor).max(self.min_lr));
                self.cooldown_left = self.cooldown;
                self.wait = 0;
            }
        }
        Ok(())
    }

    fn save<'s>(&'s self, saved: &mut Saved<'s, N>) {
        saved.set("wait", self.wait);
        saved.set("cooldown_left", self.cooldown_left);
        saved.set_some("best", self.best);
    }

    fn restore(&mut self, _: &mut Run<'_, N>, restored: &mut Restored<N>) -> Result<(), CallbackError> {
        self.wait = restored.get("wait").unwrap_or(0);
        self.cooldown_left = restored.get("cooldown_left").unwrap_or(0);
        self.best = restored.get("best");
        Ok(())
    }
}
