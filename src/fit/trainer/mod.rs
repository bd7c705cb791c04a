//! The trainer: Keras's `compile` and `fit` in one builder.

mod checks;
mod fit;

pub use fit::Fit;

use super::callback::{Callback, Control, Request};
use super::checkpoint::Kind;
use super::epochs::{Ended, Epochs, Settings};
use super::interrupt::Interrupt;
use super::metrics::{Metrics, Running};
use super::order::Order;
use super::unset::Unset;
use super::{FitError, History, Rayon, Verbose};
use crate::metrics::{AsTruth, Metric, Outputs};
use nn_core::network::EndsInProbabilities;
use nn_core::train::loss::{FromLogits, Loss};
use nn_core::train::optimizer::Optimizer;
use nn_core::train::{Dataset, Evaluation, Session};
use nn_core::{Executor, Network, Real, Serial};
use std::path::PathBuf;

/// A data set for network `N` and loss `L`.
pub(super) type DataFor<'a, N, L> =
    dyn Dataset<<N as Network>::Scalar, <N as Network>::In, <L as Loss<<N as Network>::Scalar, <N as Network>::Out>>::Target> + 'a;

/// Trains a network in batches of `B` samples.
///
/// `Trainer::<Net, 128>::new(optimizer, loss)` and then what Keras's `fit` takes as arguments, each with Keras's default:
/// one epoch, shuffled, no validation. Everything random follows from [`seed`](Self::seed); results are the same bits for any
/// number of threads.
pub struct Trainer<'a, N: Network, const B: usize, O = Unset, L = Unset>
where
    O: Optimizer<N::Scalar> + 'static,
    L: Loss<N::Scalar, N::Out> + 'static,
{
    optimizer: O,
    loss: L,
    session: Option<Session<N, B, O, L>>,
    /// How many passes through the data there were: each has its own order.
    passes: u64,
    settings: Settings,
    threads: usize,
    validation: Option<&'a DataFor<'a, N, L>>,
    validation_split: f64,
    metrics: Metrics<N, B, O, L>,
    callbacks: Vec<Box<dyn Callback<N> + 'a>>,
    resume_from: Option<PathBuf>,
    stop_on_ctrl_c: bool,
    mixup: Option<(f64, WithMixup<N, B, O, L>)>,
}

/// [`Session::mixup`], of a network that has it.
type WithMixup<N, const B: usize, O, L> = fn(Session<N, B, O, L>, f64) -> Session<N, B, O, L>;

impl<'a, N: Network, const B: usize> Trainer<'a, N, B> {
    /// A trainer with Keras's defaults.
    #[must_use]
    #[allow(clippy::new_ret_no_self, reason = "it is the same type, with the optimiser and the loss filled in")]
    pub fn new<O, L>(optimizer: O, loss: L) -> Trainer<'a, N, B, O, L>
    where
        O: Optimizer<N::Scalar> + Clone + Send + 'static,
        L: Loss<N::Scalar, N::Out> + Clone + Send + 'static,
    {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Trainer {
            optimizer,
            metrics: Metrics::new(&loss),
            loss,
            session: None,
            passes: 0,
            settings: Settings {
                epochs: 1,
                initial_epoch: 0,
                steps_per_epoch: None,
                validation_freq: 1,
                seed: 0,
                shuffle: true,
                verbose: Verbose::Auto,
            },
            threads,
            validation: None,
            validation_split: 0.0,
            callbacks: Vec::new(),
            resume_from: None,
            stop_on_ctrl_c: false,
            mixup: None,
        }
    }
}

impl<'a, N: Network, const B: usize, O, L> Trainer<'a, N, B, O, L>
where
    O: Optimizer<N::Scalar> + Clone + Send + 'static,
    L: Loss<N::Scalar, N::Out> + Clone + Send + 'static,
{
    /// How many times to go through the data: the number of the epoch after the last one, see [`initial_epoch`](Self::initial_epoch).
    /// Default: 1. With 0, `fit` returns an empty history.
    #[must_use]
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.settings.epochs = epochs;
        self
    }

    /// The number of the first epoch. Default: 0. A run that begins at 5 and has 20 epochs takes 15, and their data in the order they
    /// would have in a run from 0.
    #[must_use]
    pub fn initial_epoch(mut self, epoch: usize) -> Self {
        self.settings.initial_epoch = epoch;
        self
    }

    /// How many batches make an epoch. Default: as many as go through the data once. Each epoch begins where the one before it ended;
    /// when all samples have been used, they come again in another order.
    #[must_use]
    pub fn steps_per_epoch(mut self, batches: usize) -> Self {
        self.settings.steps_per_epoch = Some(batches);
        self
    }

    /// The seed of shuffling and dropout. Default: 0.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// How many threads to use. Default: as many as the machine has. The results are the same bits.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Whether every epoch has an order of its own. Default: true.
    #[must_use]
    pub fn shuffle(mut self, shuffle: bool) -> Self {
        self.settings.shuffle = shuffle;
        self
    }

    /// What to print. Default: [`Verbose::Auto`].
    #[must_use]
    pub fn verbose(mut self, verbose: Verbose) -> Self {
        self.settings.verbose = verbose;
        self
    }

    /// Data to evaluate after each epoch.
    #[must_use]
    pub fn validation<D>(mut self, data: &'a D) -> Self
    where
        D: Dataset<N::Scalar, N::In, L::Target>,
    {
        self.validation = Some(data);
        self
    }

    /// The share of the training data, at its end and before shuffling, to validate on instead: Keras's `validation_split`.
    #[must_use]
    pub fn validation_split(mut self, fraction: f64) -> Self {
        self.validation_split = fraction;
        self
    }

    /// Validates after every so many epochs only. Default: 1.
    #[must_use]
    pub fn validation_freq(mut self, epochs: usize) -> Self {
        self.settings.validation_freq = epochs;
        self
    }

    /// Calls the hooks of a [`Callback`]. Call it again for another; they are called in this order. A callback that is wanted after the run
    /// is lent: `.callback(&mut early_stopping)`.
    #[must_use]
    pub fn callback(mut self, callback: impl Callback<N> + 'a) -> Self {
        self.callbacks.push(Box::new(callback));
        self
    }

    /// Ctrl-C ends a run after the batch it is at: the epoch ends without validation, callbacks see the end of the epoch and of the run, and
    /// `fit` returns with a history that is [`interrupted`](History::interrupted), so that the program can save what it has. A second Ctrl-C
    /// ends the program, and so does one while nothing trains. Default: Ctrl-C is not looked at, and ends the program.
    #[must_use]
    pub fn stop_on_ctrl_c(mut self) -> Self {
        self.stop_on_ctrl_c = true;
        self
    }

    /// The next run goes on from this checkpoint, which [`BackupAndRestore`](super::BackupAndRestore) or
    /// [`Run::save_checkpoint`](super::Run::save_checkpoint) wrote: with its weights, its optimiser's state, its seed, its order of samples and
    /// its history, at the batch after which it was written. So it comes to the same bits as a run that was not interrupted.
    #[must_use]
    pub fn resume_from(mut self, path: impl Into<PathBuf>) -> Self {
        self.resume_from = Some(path.into());
        self
    }

    /// The optimiser, to change it between two calls of [`fit`](Fit::fit): to thaw a layer, say.
    pub fn optimizer_mut(&mut self) -> &mut O {
        match &mut self.session {
            Some(session) => &mut session.optimizer,
            None => &mut self.optimizer,
        }
    }

    /// A metric to compute in training and validation, besides the loss and the accuracy that goes with it: it appears in the
    /// progress line and the history under its name, and once more with `val_`. Call it again for another. As in Keras, a metric
    /// of the training data sees each sample as it was when its step came.
    ///
    /// For networks with one output; of several, one has it by [`metric_of`](Self::metric_of).
    #[must_use]
    pub fn metric(mut self, metric: impl Metric<N::Scalar> + 'static) -> Self
    where
        N::Out: Real,
        L::Target: AsTruth<N::Scalar>,
    {
        self.metrics.push(metric);
        self
    }

    /// [`metric`](Self::metric) of one of several outputs, whose name comes before the metric's: `policy_f1_score`. The loss of each output
    /// and its accuracy are measured without asking: `policy_loss`, `policy_accuracy`. As in Keras, a loss is shown before its factor.
    #[must_use]
    pub fn metric_of(mut self, output: impl Into<String>, metric: impl Metric<N::Scalar> + 'static) -> Self
    where
        N::Out: Outputs<N::Scalar, L::Target>,
    {
        self.metrics.push_of(output.into(), metric);
        self
    }

    /// Trains on mixtures of pairs of samples, see [`Session::mixup`]. `alpha` is above 0, usually 0.1 to 0.4. The training loss and
    /// metrics are those of the mixtures.
    #[must_use]
    pub fn mixup(mut self, alpha: f64) -> Self
    where
        N::In: Real,
        N::Out: Real,
    {
        self.mixup = Some((alpha, Session::mixup));
        self
    }

    /// The session so far, or a new one.
    fn session(&mut self) -> Session<N, B, O, L> {
        self.session.take().unwrap_or_else(|| self.fresh_session())
    }

    /// A session at step 0.
    pub(super) fn fresh_session(&self) -> Session<N, B, O, L> {
        let session = Session::new(self.current_optimizer().clone(), self.loss.clone(), self.settings.seed);
        match self.mixup {
            Some((alpha, mixup)) => mixup(session, alpha),
            None => session,
        }
    }

    fn current_optimizer(&self) -> &O {
        self.session.as_ref().map_or(&self.optimizer, |session| &session.optimizer)
    }

    /// The order of samples of a run.
    pub(super) fn order(&self, train: &DataFor<'_, N, L>) -> Order {
        Order::new(train.len(), self.settings.shuffle, train.in_order().is_some(), self.settings.seed)
    }

    /// Runs `work` on the threads of the trainer.
    pub(super) fn on_threads<R: Send>(&self, work: impl FnOnce(&dyn Executor) -> R + Send) -> Result<R, FitError> {
        on_threads(self.threads, work)
    }

    /// [`Fit::fit`]
    fn train<D>(&mut self, net: &mut N, data: &D) -> Result<History, FitError>
    where
        D: Dataset<N::Scalar, N::In, L::Target>,
    {
        let (train, split) = self.parts(data)?;
        let validation: Option<&DataFor<'_, N, L>> = match &split {
            Some(split) => Some(split),
            None => self.validation,
        };
        self.ready(net, &train)?;
        if let Some(validation) = validation {
            self.check(net, validation, "validation")?;
        }
        let steps = [("steps_per_epoch", self.settings.steps_per_epoch.unwrap_or(1)), ("validation_freq", self.settings.validation_freq)];
        if let Some((option, _)) = steps.into_iter().find(|(_, value)| *value == 0) {
            return Err(FitError::Zero { option });
        }
        let interrupt = self.stop_on_ctrl_c.then(Interrupt::new).transpose().map_err(|source| FitError::CtrlC { source })?;
        // Where a run from epoch 0 would be: an epoch need not be a pass through the data.
        let in_pass = train.len().div_ceil(B).max(1);
        let begun = self.settings.initial_epoch.saturating_mul(self.settings.steps_per_epoch.unwrap_or(in_pass));
        let (pass, place) = (self.passes, 0).max(((begun / in_pass) as u64, begun % in_pass));
        let mut epochs = Epochs {
            settings: self.settings,
            session: self.session(),
            metrics: std::mem::replace(&mut self.metrics, Metrics::new(&self.loss)),
            callbacks: std::mem::take(&mut self.callbacks),
            history: History::default(),
            control: Control { requests: self.resume_from.take().map(Request::Restore).into_iter().collect(), ..Control::default() },
            interrupt,
            kind: Kind { samples: train.len(), in_order: train.in_order(), mixup: self.mixup.map(|(alpha, _)| alpha) },
            pass,
            place,
            running: Running::default(),
        };
        let result = on_threads(self.threads, |executor| epochs.run(net, &train, validation, executor));
        let Epochs { settings, session, metrics, callbacks, history, pass, place, .. } = epochs;
        // That of a checkpoint, if there was one.
        self.settings.seed = settings.seed;
        // A pass that was not finished is not gone on with: the next run may have other data.
        self.passes = pass + u64::from(place > 0);
        (self.session, self.metrics, self.callbacks) = (Some(session), metrics, callbacks);
        match result? {
            Ok(()) => Ok(history),
            Err(Ended::NonFinite(source)) => Err(FitError::NonFinite { source, history: Box::new(history) }),
            Err(Ended::Checkpoint(source)) => Err(FitError::Checkpoint { source, history: Box::new(history) }),
            Err(Ended::Data(data, source)) => Err(FitError::Data { data, source, history: Box::new(history) }),
            Err(Ended::Callback(source)) => Err(FitError::Callback { source, history: Box::new(history) }),
        }
    }

    /// The loss and accuracy of `net` over all of `data`.
    ///
    /// # Errors
    /// As [`fit`](Fit::fit).
    pub fn evaluate<D>(&mut self, net: &N, data: &D) -> Result<Evaluation, FitError>
    where
        D: Dataset<N::Scalar, N::In, L::Target>,
    {
        if data.is_empty() {
            return Err(FitError::Empty);
        }
        self.check(net, data, "evaluation")?;
        let mut session = self.session();
        let result = self.on_threads(|executor| session.evaluate_with(net, data, executor, &mut |_| ()));
        self.session = Some(session);
        result?.map_err(|source| FitError::Data { data: "evaluation", source, history: Box::default() })
    }
}

// Here and not beside `Fit`: the compiler names it as a method of `Trainer` only in the module of the type.
impl<N: EndsInProbabilities, const B: usize, O, L> Trainer<'_, N, B, O, FromLogits<L>>
where
    O: Optimizer<N::Scalar> + Clone + Send + 'static,
    FromLogits<L>: Loss<N::Scalar, N::Out> + Clone + Send + 'static,
{
    /// [`Fit::fit`] of a network whose outputs the loss takes for something else.
    ///
    /// # Errors
    /// As there.
    #[doc(hidden)]
    #[deprecated(
        note = "the network ends in Softmax or Sigmoid, so its outputs are probabilities, and `FromLogits` takes them for logits\n\
                help: give the loss without `FromLogits`, or leave the last activation out"
    )]
    pub fn fit<D>(&mut self, net: &mut N, data: &D) -> Result<History, FitError>
    where
        D: Dataset<N::Scalar, N::In, <FromLogits<L> as Loss<N::Scalar, N::Out>>::Target>,
    {
        self.train(net, data)
    }
}

/// The stack of a thread, as large as that of a program's first one: unoptimised, a pass of a recurrent layer does not fit the usual 2 MiB.
const STACK: usize = 8 << 20;

/// Runs `work` on a pool of its own, or on this thread.
fn on_threads<R: Send>(threads: usize, work: impl FnOnce(&dyn Executor) -> R + Send) -> Result<R, FitError> {
    if threads == 1 {
        return Ok(work(&Serial));
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build();
    let pool = pool.map_err(|error| FitError::Threads { threads, reason: error.to_string() })?;
    Ok(pool.install(|| work(&Rayon)))
}
