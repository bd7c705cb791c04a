//! Stopping when nothing gets better.

use super::monitor::{Monitor, monitor_options};
use super::{Callback, CallbackError, Run};
use crate::fit::checkpoint::{Restored, Saved};
use nn_core::Network;
use nn_core::memory::{copy, zeroed_box};
use std::any::Any;

/// Stops when a metric has stopped improving, Keras's `EarlyStopping`.
///
/// ```
/// # use nn::prelude::*;
/// # network! { struct Net { input: [4], Dense(1) } }
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let x: Vec<NetInput> = (0..32).map(|i| NetInput::repeat(i as f32 / 32.0)).collect();
/// # let y: Vec<NetOutput> = x.iter().map(|x| NetOutput::new(x[0])).collect();
/// # let (train, mut net) = ((&x[..], &y[..]), Net::new(1));
/// let mut early = EarlyStopping::new("val_loss").patience(3).restore_best_weights();
/// let history = Trainer::<Net, 8>::new(Adam::new(0.1), MeanSquaredError)
///     .epochs(200)
///     .validation_split(0.25)
///     .verbose(Verbose::Quiet)
///     .callback(&mut early)
///     .fit(&mut net, &train)?;
/// assert_eq!(early.stopped_epoch().map(|last| last + 1), Some(history.epochs()));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct EarlyStopping {
    monitor: Monitor,
    patience: usize,
    baseline: Option<f64>,
    restore_best_weights: bool,
    start_from_epoch: usize,
    wait: usize,
    best: Option<f64>,
    best_epoch: Option<usize>,
    stopped_epoch: Option<usize>,
    /// A `Box<N>` of the network.
    best_weights: Option<Box<dyn Any + Send>>,
}

impl Default for EarlyStopping {
    /// Of `val_loss`.
    fn default() -> Self {
        Self::new("val_loss")
    }
}

impl EarlyStopping {
    /// Of this metric, with Keras's defaults: the first epoch without an improvement is the last.
    #[must_use]
    pub fn new(monitor: impl Into<String>) -> Self {
        Self {
            monitor: Monitor::new("EarlyStopping", monitor, 0.0),
            patience: 0,
            baseline: None,
            restore_best_weights: false,
            start_from_epoch: 0,
            wait: 0,
            best: None,
            best_epoch: None,
            stopped_epoch: None,
            best_weights: None,
        }
    }
    monitor_options!();
    /// How much better a value must be to count as an improvement. Default: 0.
    #[must_use]
    pub fn min_delta(mut self, delta: f64) -> Self {
        self.monitor.min_delta = delta;
        self
    }
    /// After how many epochs without an improvement to stop. Default: 0.
    #[must_use]
    pub fn patience(mut self, epochs: usize) -> Self {
        self.patience = epochs;
        self
    }
    /// What the metric must get beyond: only that resets the patience. Default: none.
    #[must_use]
    pub fn baseline(mut self, value: f64) -> Self {
        self.baseline = Some(value);
        self
    }
    /// At the end of the run, unless it ends with an error, gives the network the weights of the best epoch. Default: those of the last one.
    #[must_use]
    pub fn restore_best_weights(mut self) -> Self {
        self.restore_best_weights = true;
        self
    }
    /// The first epoch that counts, from 0. Default: 0.
    #[must_use]
    pub fn start_from_epoch(mut self, epoch: usize) -> Self {
        self.start_from_epoch = epoch;
        self
    }

    /// The best value of the run.
    #[must_use]
    pub fn best(&self) -> Option<f64> {
        self.best
    }
    /// The epoch of the best value, from 0.
    #[must_use]
    pub fn best_epoch(&self) -> Option<usize> {
        self.best_epoch
    }
    /// The epoch after which it stopped the run, from 0; `None` if it did not.
    #[must_use]
    pub fn stopped_epoch(&self) -> Option<usize> {
        self.stopped_epoch
    }

    fn keep<N: Network>(&mut self, net: &N) {
        if !self.restore_best_weights {
            return;
        }
        match self.best_weights.as_mut().and_then(|kept| kept.downcast_mut::<Box<N>>()) {
            Some(kept) => copy(net, &mut **kept),
            None => {
                let mut kept = zeroed_box::<N>();
                copy(net, &mut *kept);
                self.best_weights = Some(Box::new(kept));
            }
        }
    }
}

impl<N: Network> Callback<N> for EarlyStopping {
    fn on_train_begin(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        (self.wait, self.best, self.best_epoch, self.stopped_epoch, self.best_weights) = (0, None, None, None, None);
        self.monitor.check(run)
    }

    fn on_epoch_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        let Some(value) = self.monitor.value(run)? else { return Ok(()) };
        let epoch = run.epoch();
        if epoch < self.start_from_epoch {
            return Ok(());
        }
        self.wait += 1;
        if self.monitor.improves(value, self.best)? {
            self.best = Some(value);
            self.best_epoch = Some(epoch);
            self.keep(run.net());
            if self.baseline.is_none() || self.monitor.improves(value, self.baseline)? {
                self.wait = 0;
            }
        } else if self.wait >= self.patience && epoch > 0 {
            self.stopped_epoch = Some(epoch);
            run.stop();
        }
        Ok(())
    }

    fn on_train_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        if let Some(best) = self.best_weights.as_ref().and_then(|kept| kept.downcast_ref::<Box<N>>()) {
            copy(&**best, run.net_mut());
        }
        Ok(())
    }

    fn save<'s>(&'s self, saved: &mut Saved<'s, N>) {
        saved.set("wait", self.wait);
        saved.set_some("best", self.best);
        saved.set_some("best_epoch", self.best_epoch);
        saved.set_some("stopped_epoch", self.stopped_epoch);
        if let Some(best) = self.best_weights.as_ref().and_then(|kept| kept.downcast_ref::<Box<N>>()) {
            saved.set_weights("best", best);
        }
    }

    fn restore(&mut self, _: &mut Run<'_, N>, restored: &mut Restored<N>) -> Result<(), CallbackError> {
        self.wait = restored.get("wait").unwrap_or(0);
        self.best = restored.get("best");
        self.best_epoch = restored.get("best_epoch");
        self.stopped_epoch = restored.get("stopped_epoch");
        self.best_weights =
            restored.take_weights("best").filter(|_| self.restore_best_weights).map(|best| Box::new(best) as Box<dyn Any + Send>);
        Ok(())
    }
}
