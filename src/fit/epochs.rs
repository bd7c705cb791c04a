//! The epochs of a training run.

use super::callback::{Callback, CallbackError, Control, Request, Run, Values};
use super::checkpoint::{CheckpointError, Kind};
use super::interrupt::Interrupt;
use super::metrics::{Metrics, Running};
use super::order::Order;
use super::progress::Progress;
use super::trainer::DataFor;
use super::{History, Verbose};
use crate::weights::Disk;
use nn_core::train::loss::Loss;
use nn_core::train::optimizer::Optimizer;
use nn_core::train::{NonFinite, Session, Unavailable};
use nn_core::{Executor, Network};

/// What a trainer was told about its runs.
#[derive(Clone, Copy)]
pub(super) struct Settings {
    pub epochs: usize,
    pub initial_epoch: usize,
    pub steps_per_epoch: Option<usize>,
    pub validation_freq: usize,
    pub seed: u64,
    pub shuffle: bool,
    pub verbose: Verbose,
}

/// Why a run ended before its time.
pub(super) enum Ended {
    NonFinite(NonFinite),
    Checkpoint(CheckpointError),
    Callback(CallbackError),
    /// Which data, and why they cannot be read.
    Data(&'static str, Unavailable),
}

impl From<CheckpointError> for Ended {
    fn from(error: CheckpointError) -> Self {
        Self::Checkpoint(error)
    }
}

impl From<CallbackError> for Ended {
    fn from(error: CallbackError) -> Self {
        Self::Callback(error)
    }
}

/// One call of `fit`.
pub(super) struct Epochs<'a, N: Network, const B: usize, O: Optimizer<N::Scalar> + 'static, L: Loss<N::Scalar, N::Out> + 'static> {
    pub settings: Settings,
    pub session: Session<N, B, O, L>,
    pub metrics: Metrics<N, B, O, L>,
    pub callbacks: Vec<Box<dyn Callback<N> + 'a>>,
    pub history: History,
    pub control: Control,
    pub kind: Kind,
    /// While the run is one that Ctrl-C ends.
    pub interrupt: Option<Interrupt>,
    /// The pass through the data, and the next batch of it.
    pub pass: u64,
    pub place: usize,
    /// The means of the epoch so far.
    pub running: Running,
}

impl<'a, N: Network, const B: usize, O: Optimizer<N::Scalar> + 'static, L: Loss<N::Scalar, N::Out> + 'static> Epochs<'a, N, B, O, L> {
    pub fn run(
        &mut self,
        net: &mut N,
        train: &DataFor<'_, N, L>,
        validation: Option<&DataFor<'_, N, L>>,
        executor: &dyn Executor,
    ) -> Result<(), Ended> {
        let Settings { epochs, initial_epoch, steps_per_epoch, shuffle, verbose, .. } = self.settings;
        let batches = steps_per_epoch.unwrap_or(train.len().div_ceil(B));
        let (metrics, requests) = (self.metrics.names(), std::mem::take(&mut self.control.requests));
        let (validation_data, accuracy) = (validation.is_some(), self.metrics.measures_accuracy());
        let control =
            Control { epoch: initial_epoch, epochs, batches, validation: validation_data, accuracy, metrics, ..Control::default() };
        self.control = Control { requests, ..control };
        let mut progress = Progress::new(verbose, epochs, batches);
        self.hook(net, &mut Some(Vec::new()), |callback, run| callback.on_train_begin(run))?;
        self.requests(net)?;
        self.control.begun = true;
        // After a checkpoint, which has a seed of its own.
        let mut order = Order::new(train.len(), shuffle, train.in_order().is_some(), self.settings.seed);
        // A run that was stopped in the middle of an epoch, and then interrupted, has that epoch's end to come.
        while self.control.epoch < epochs && (!self.control.stop || self.control.batch > 0) && !self.interrupted() {
            let epoch = self.control.epoch;
            self.control.validates = validation.is_some() && (epoch + 1).is_multiple_of(self.settings.validation_freq.max(1));
            progress.start_epoch(epoch, self.control.batch);
            // An epoch that is gone on with has begun long ago.
            if self.control.batch == 0 {
                self.metrics.reset();
                self.running = Running::default();
                self.hook(net, &mut Some(Vec::new()), |callback, run| callback.on_epoch_begin(run))?;
                // An epoch without a batch would measure nothing.
                if self.control.stop {
                    break;
                }
            }
            if !self.batches(net, train, &mut order, &mut progress, executor)? {
                break;
            }
            let values = self.end_of_epoch(net, validation, executor)?;
            progress.end_epoch(self.control.batch, &values);
            self.control.epoch += 1;
            self.control.batch = 0;
            self.requests(net)?;
        }
        self.history.interrupted = self.control.interrupted;
        self.session.overwrite_with_average(net, executor);
        self.hook(net, &mut None, |callback, run| callback.on_train_end(run))
    }

    /// The batches of an epoch; whether it comes to an end.
    fn batches(
        &mut self,
        net: &mut N,
        train: &DataFor<'_, N, L>,
        order: &mut Order,
        progress: &mut Progress,
        executor: &dyn Executor,
    ) -> Result<bool, Ended> {
        while self.control.batch < self.control.batches && !self.control.stop && !self.control.interrupted {
            self.hook(net, &mut Some(Vec::new()), |callback, run| callback.on_batch_begin(run))?;
            if let Some(order) = order.upcoming(self.pass, self.place, B) {
                train.upcoming(self.session.steps(), B, order);
            }
            let (reading, places) = order.reading(self.pass, self.place, B);
            train.prepare(reading, places).map_err(|source| Ended::Data("training", source))?;
            let report = match self.session.step(net, train, order.batch(self.pass, self.place, B), executor) {
                Ok(report) => report,
                Err(error) => return self.non_finite(net, error).map(|()| false),
            };
            self.place += 1;
            if self.place >= order.batches(B) {
                self.pass += 1;
                self.place = 0;
            }
            self.running.add(&report);
            self.metrics.update(&mut self.session);
            // Now, so that all callbacks see the same.
            if self.interrupted() {
                self.control.validates = false;
            }
            self.hook(net, &mut None, |callback, run| callback.on_batch_end(run))?;
            self.control.batch += 1;
            self.requests(net)?;
            let Self { metrics, running, control, .. } = self;
            progress.step(control.batch, || metrics.values(running.loss(), running.accuracy(), ""));
        }
        Ok(true)
    }

    /// After a step that was not finite: an error, unless a callback takes it as the end of the run.
    fn non_finite(&mut self, net: &mut N, error: NonFinite) -> Result<(), Ended> {
        // Whether the run was to end anyway says nothing about the error.
        let stopped = std::mem::take(&mut self.control.stop);
        self.hook(net, &mut None, |callback, run| callback.on_non_finite(run, &error))?;
        let handled = self.control.stop;
        self.control.stop |= stopped;
        if !handled {
            return Err(Ended::NonFinite(error));
        }
        self.history.non_finite = Some(error);
        Ok(())
    }

    /// Validation, the callbacks and the history.
    fn end_of_epoch(&mut self, net: &mut N, validation: Option<&DataFor<'_, N, L>>, executor: &dyn Executor) -> Result<Values, Ended> {
        let mut values = self.metrics.values(self.running.loss(), self.running.accuracy(), "");
        // What is validated is what callbacks keep as the best.
        let swapped = self.session.optimizer.evaluates_average() && self.session.swap_average(net, executor);
        let mut result = Ok(());
        if let Some(validation) = validation.filter(|_| self.control.validates) {
            let metrics = &mut self.metrics;
            metrics.reset();
            match self.session.evaluate_with(net, validation, executor, &mut |session| metrics.update(session)) {
                Ok(evaluation) => {
                    values.extend(metrics.values(evaluation.loss, evaluation.accuracy, "val_"));
                    values.sort_by(|a, b| a.0.cmp(&b.0));
                }
                Err(source) => result = Err(Ended::Data("validation", source)),
            }
        }
        let mut values = Some(values);
        if result.is_ok() {
            result = self.hook(net, &mut values, |callback, run| callback.on_epoch_end(run));
        }
        if swapped {
            self.session.swap_average(net, executor);
        }
        let values = values.unwrap_or_default();
        self.history.push(self.control.epoch, &values);
        result.map(|()| values)
    }

    /// Looks whether Ctrl-C was pressed.
    fn interrupted(&mut self) -> bool {
        self.control.interrupted |= self.interrupt.as_ref().is_some_and(Interrupt::pressed);
        self.control.interrupted
    }

    /// Does what callbacks asked for.
    fn requests(&mut self, net: &mut N) -> Result<(), Ended> {
        for request in std::mem::take(&mut self.control.requests) {
            match request {
                Request::Save(path) => self.save(&mut Disk, net, &path)?,
                Request::Restore(path) => {
                    let mut restored = self.restore(net, &path)?.into_iter();
                    self.hook(net, &mut Some(Vec::new()), |callback, run| match restored.next() {
                        Some(mut restored) => callback.restore(run, &mut restored),
                        None => Ok(()),
                    })?;
                }
            }
        }
        Ok(())
    }

    /// Calls a hook of every callback.
    fn hook(
        &mut self,
        net: &mut N,
        values: &mut Option<Values>,
        mut call: impl FnMut(&mut (dyn Callback<N> + 'a), &mut Run<'_, N>) -> Result<(), CallbackError>,
    ) -> Result<(), Ended> {
        let Self { session, metrics, running, callbacks, control, .. } = self;
        let mut measure = || metrics.values(running.loss(), running.accuracy(), "");
        for callback in callbacks {
            let mut run =
                Run { net: &mut *net, engine: &mut *session, control: &mut *control, values: &mut *values, measure: &mut measure };
            call(&mut **callback, &mut run)?;
        }
        Ok(())
    }
}
