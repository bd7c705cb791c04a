//! The epochs of a training run.

use super::callback::{Callback, CallbackError, Control, Run, Values};
use super::metrics::{Metrics, Running};
use super::order::Order;
use super::progress::Progress;
use super::trainer::DataFor;
use super::{History, Verbose};
use nn_core::train::loss::Loss;
use nn_core::train::optimizer::Optimizer;
use nn_core::train::{Evaluation, NonFinite, Session};
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
    Callback(CallbackError),
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
        let Settings { epochs, initial_epoch, steps_per_epoch, seed, shuffle, verbose, .. } = self.settings;
        let mut order = Order::new(train.len(), shuffle, seed);
        let batches = steps_per_epoch.unwrap_or(order.batches(B));
        let metrics = self.metrics.names();
        self.control = Control { epoch: initial_epoch, epochs, batches, validation: validation.is_some(), metrics, ..Control::default() };
        let mut progress = Progress::new(verbose, epochs, batches);
        self.hook(net, &mut Some(Vec::new()), |callback, run| callback.on_train_begin(run))?;
        while self.control.epoch < epochs && !self.control.stop {
            let epoch = self.control.epoch;
            self.control.validates = validation.is_some() && (epoch + 1).is_multiple_of(self.settings.validation_freq.max(1));
            progress.start_epoch(epoch);
            self.running = Running::default();
            self.metrics.reset();
            self.hook(net, &mut Some(Vec::new()), |callback, run| callback.on_epoch_begin(run))?;
            if !self.batches(net, train, &mut order, &mut progress, executor)? {
                break;
            }
            let values = self.end_of_epoch(net, validation, executor)?;
            progress.end_epoch(&values);
            self.control.epoch += 1;
            self.control.batch = 0;
        }
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
        while self.control.batch < self.control.batches && !self.control.stop {
            self.hook(net, &mut Some(Vec::new()), |callback, run| callback.on_batch_begin(run))?;
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
            self.hook(net, &mut None, |callback, run| callback.on_batch_end(run))?;
            self.control.batch += 1;
            let Self { metrics, running, control, .. } = self;
            progress.step(control.batch, || metrics.values(running.loss(), running.accuracy(), ""));
        }
        Ok(true)
    }

    /// After a step that was not finite: an error, unless a callback takes it as the end of the run.
    fn non_finite(&mut self, net: &mut N, error: NonFinite) -> Result<(), Ended> {
        self.hook(net, &mut None, |callback, run| callback.on_non_finite(run, &error))?;
        if !self.control.stop {
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
        if let Some(validation) = validation.filter(|_| self.control.validates) {
            let metrics = &mut self.metrics;
            metrics.reset();
            let Evaluation { loss, accuracy } =
                self.session.evaluate_with(net, validation, executor, &mut |session| metrics.update(session));
            values.extend(metrics.values(loss, accuracy, "val_"));
        }
        let mut values = Some(values);
        let result = self.hook(net, &mut values, |callback, run| callback.on_epoch_end(run));
        if swapped {
            self.session.swap_average(net, executor);
        }
        let values = values.unwrap_or_default();
        self.history.push(self.control.epoch, &values);
        result.map(|()| values)
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
