//! A training run, as its callbacks see it.

use nn_core::Network;
use nn_core::train::Session;
use nn_core::train::loss::Loss;
use nn_core::train::optimizer::Optimizer;
use std::path::PathBuf;

/// Metrics by name, sorted as Keras prints them.
pub(in crate::fit) type Values = Vec<(String, f64)>;

/// What a run needs of its session, whatever the optimiser and the loss.
pub(in crate::fit) trait Engine {
    fn learning_rate(&self) -> f64;
    fn set_learning_rate(&mut self, rate: f64);
    fn steps(&self) -> u64;
    fn updates(&self) -> u64;
}

impl<N: Network, const B: usize, O: Optimizer<N::Scalar> + 'static, L: Loss<N::Scalar, N::Out> + 'static> Engine for Session<N, B, O, L> {
    fn learning_rate(&self) -> f64 {
        Session::learning_rate(self)
    }
    fn set_learning_rate(&mut self, rate: f64) {
        Session::set_learning_rate(self, rate);
    }
    fn steps(&self) -> u64 {
        Session::steps(self)
    }
    fn updates(&self) -> u64 {
        Session::updates(self)
    }
}

/// Where a run is, and what callbacks asked for.
#[derive(Clone, Debug, Default)]
pub(in crate::fit) struct Control {
    pub epoch: usize,
    pub epochs: usize,
    pub batch: usize,
    pub batches: usize,
    /// Whether this epoch is validated.
    pub validates: bool,
    /// Whether there are validation data at all.
    pub validation: bool,
    /// Whether there may be an accuracy of the whole.
    pub accuracy: bool,
    /// The names of the metrics beyond the loss and the accuracy.
    pub metrics: Vec<String>,
    pub stop: bool,
    /// Whether Ctrl-C was pressed.
    pub interrupted: bool,
    /// Whether the first epoch, or the one that is gone on with, has begun.
    pub begun: bool,
    /// What to do once every callback has been called.
    pub requests: Vec<Request>,
}

/// What a callback cannot do itself, because it is about all callbacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::fit) enum Request {
    Save(PathBuf),
    Restore(PathBuf),
}

/// A training run, as a [`Callback`](super::Callback) sees it.
pub struct Run<'r, N: Network> {
    pub(in crate::fit) net: &'r mut N,
    pub(in crate::fit) engine: &'r mut dyn Engine,
    pub(in crate::fit) control: &'r mut Control,
    /// What was measured, once somebody has asked.
    pub(in crate::fit) values: &'r mut Option<Values>,
    pub(in crate::fit) measure: &'r mut dyn FnMut() -> Values,
}

impl<N: Network> Run<'_, N> {
    /// The network.
    #[must_use]
    pub fn net(&self) -> &N {
        self.net
    }

    /// The network, to change it.
    pub fn net_mut(&mut self) -> &mut N {
        self.net
    }

    /// The number of the epoch, from 0.
    #[must_use]
    pub fn epoch(&self) -> usize {
        self.control.epoch
    }

    /// The number of the epoch that would come after the last one.
    #[must_use]
    pub fn epochs(&self) -> usize {
        self.control.epochs
    }

    /// The number of the batch in its epoch, from 0; between epochs, how many there were.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.control.batch
    }

    /// How many batches an epoch has.
    #[must_use]
    pub fn batches(&self) -> usize {
        self.control.batches
    }

    /// How many batches there were in all, in earlier runs of the trainer as well.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.engine.steps()
    }

    /// How often the optimiser has moved the parameters: as often, unless gradients are accumulated.
    #[must_use]
    pub fn updates(&self) -> u64 {
        self.engine.updates()
    }

    /// The learning rate of the next update.
    #[must_use]
    pub fn learning_rate(&self) -> f64 {
        self.engine.learning_rate()
    }

    /// Uses this learning rate from now on; a schedule of the optimiser no longer counts.
    pub fn set_learning_rate(&mut self, rate: f64) {
        self.engine.set_learning_rate(rate);
    }

    /// Everything that was measured, sorted by name: Keras's `logs`. Nothing at the beginning of a run, an epoch or a batch.
    pub fn logs(&mut self) -> &[(String, f64)] {
        self.values.get_or_insert_with(&mut *self.measure)
    }

    /// One value of [`logs`](Self::logs).
    #[must_use]
    pub fn log(&mut self, name: &str) -> Option<f64> {
        self.logs().iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    /// Adds a value to those of the epoch, at the end of one: for [`log`](Self::log) in the callbacks after this one, the progress line and the
    /// history. Callbacks that monitor a metric know those of the trainer only.
    pub fn record(&mut self, name: &str, value: f64) {
        let values = self.values.get_or_insert_with(&mut *self.measure);
        match values.binary_search_by(|(known, _)| known.as_str().cmp(name)) {
            Ok(at) => values[at].1 = value,
            Err(at) => values.insert(at, (name.to_owned(), value)),
        }
    }

    /// Ends the run after this batch or epoch, or before the epoch that is about to begin. An epoch that is cut short is validated and ends as
    /// any other, as in Keras.
    pub fn stop(&mut self) {
        self.control.stop = true;
    }

    /// Whether this is the end of the run.
    #[must_use]
    pub fn stopping(&self) -> bool {
        self.control.stop || self.control.interrupted
    }

    /// Whether somebody pressed Ctrl-C: see [`Trainer::stop_on_ctrl_c`](crate::Trainer::stop_on_ctrl_c). Known before the end of the batch,
    /// which is the last one of the run; the epoch ends with it, without validation.
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.control.interrupted
    }

    /// Writes a checkpoint of the whole run, once all callbacks have been called: after a batch or at the end of an epoch. It is written as
    /// weights are, so the path leads to the old one or to the new one, whole.
    pub fn save_checkpoint(&mut self, path: impl Into<PathBuf>) {
        self.control.requests.push(Request::Save(path.into()));
    }

    /// Goes on from a checkpoint, once all callbacks have been called: at the beginning of the run only.
    pub fn restore_checkpoint(&mut self, path: impl Into<PathBuf>) {
        self.control.requests.push(Request::Restore(path.into()));
    }

    /// Whether this epoch is validated: not every one is with `validation_freq`.
    #[must_use]
    pub fn validates(&self) -> bool {
        self.control.validates
    }

    /// Whether the run can measure something of this name. Whether it has an `accuracy` is known after the first epoch only.
    #[must_use]
    pub fn measures(&self, name: &str) -> bool {
        let (metric, validation) = match name.strip_prefix("val_") {
            Some(metric) => (metric, true),
            None => (name, false),
        };
        (self.control.validation || !validation)
            && (metric == "loss" || (metric == "accuracy" && self.control.accuracy) || self.control.metrics.iter().any(|m| m == metric))
    }
}
