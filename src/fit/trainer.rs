//! The trainer: Keras's `compile` and `fit` in one builder.

use super::metrics::{Metrics, Running};
use super::progress::Progress;
use super::subset::Subset;
use super::unset::Unset;
use super::{FitError, History, Rayon, Verbose};
use crate::data::shuffle_indices;
use crate::metrics::{AsTruth, Metric};
use nn_core::memory::zeroed_box;
use nn_core::network::EndsInProbabilities;
use nn_core::train::loss::{FromLogits, Loss};
use nn_core::train::optimizer::Optimizer;
use nn_core::train::{Dataset, Evaluation, Session};
use nn_core::{Executor, Network, Real, Serial, Shapes};

/// A data set for network `N` and loss `L`.
type DataFor<'a, N, L> =
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
    epochs: usize,
    seed: u64,
    threads: usize,
    shuffle: bool,
    verbose: Verbose,
    validation: Option<&'a DataFor<'a, N, L>>,
    validation_split: f64,
    metrics: Metrics<N, B, O, L>,
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
            loss,
            session: None,
            epochs: 1,
            seed: 0,
            threads,
            shuffle: true,
            verbose: Verbose::Auto,
            validation: None,
            validation_split: 0.0,
            metrics: Metrics::default(),
            mixup: None,
        }
    }
}

impl<'a, N: Network, const B: usize, O, L> Trainer<'a, N, B, O, L>
where
    O: Optimizer<N::Scalar> + Clone + Send + 'static,
    L: Loss<N::Scalar, N::Out> + Clone + Send + 'static,
{
    /// How many times to go through the data. Default: 1. With 0, `fit` returns an empty history.
    #[must_use]
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.epochs = epochs;
        self
    }

    /// The seed of shuffling and dropout. Default: 0.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
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
        self.shuffle = shuffle;
        self
    }

    /// What to print. Default: [`Verbose::Auto`].
    #[must_use]
    pub fn verbose(mut self, verbose: Verbose) -> Self {
        self.verbose = verbose;
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
    /// For networks with one output.
    #[must_use]
    pub fn metric(mut self, metric: impl Metric<N::Scalar> + 'static) -> Self
    where
        N::Out: Real,
        L::Target: AsTruth<N::Scalar>,
    {
        self.metrics.push(metric);
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
        self.session.take().unwrap_or_else(|| {
            let session = Session::new(self.optimizer.clone(), self.loss.clone(), self.seed);
            match self.mixup {
                Some((alpha, mixup)) => mixup(session, alpha),
                None => session,
            }
        })
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
        self.optimizer_mut().check(net).map_err(|source| FitError::Optimizer { source })?;
        self.check(net, &train, "training")?;
        if let Some(validation) = validation {
            self.check(net, validation, "validation")?;
        }
        if let Some((alpha, _)) = self.mixup
            && !(alpha > 0.0 && alpha.is_finite())
        {
            return Err(FitError::Mixup { alpha });
        }
        let session = self.session();
        let (threads, metrics) = (self.threads, std::mem::take(&mut self.metrics));
        let mut run = Run { trainer: self, session, metrics, history: History::default() };
        let result = on_threads(threads, |executor| run.epochs(net, &train, validation, executor));
        let Run { session, metrics, history, .. } = run;
        self.session = Some(session);
        self.metrics = metrics;
        match result? {
            Ok(()) => Ok(history),
            Err(source) => Err(FitError::NonFinite { source, history }),
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
        let result = on_threads(self.threads, |executor| session.evaluate(net, data, executor));
        self.session = Some(session);
        result
    }

    /// The training part of the data and, if asked for, the validation part.
    #[allow(clippy::type_complexity, reason = "two parts of one data set")]
    fn parts<'d, D>(&self, data: &'d D) -> Result<(Subset<'d, D>, Option<Subset<'d, D>>), FitError>
    where
        D: Dataset<N::Scalar, N::In, L::Target>,
    {
        let samples = data.len();
        if samples == 0 {
            return Err(FitError::Empty);
        }
        let fraction = self.validation_split;
        // Keras rounds this way.
        let train = if fraction == 0.0 { samples } else { (samples as f64 * (1.0 - fraction)) as usize };
        if fraction != 0.0 && !(train > 0 && train < samples) {
            return Err(FitError::ValidationSplit { fraction, train, validation: samples.saturating_sub(train) });
        }
        match B {
            0 => return Err(FitError::BatchOfZero),
            batch if batch > train => return Err(FitError::BatchTooLarge { batch, samples: train }),
            _ => {}
        }
        let validation = (train < samples).then_some(Subset { data, range: train..samples });
        Ok((Subset { data, range: 0..train }, validation))
    }

    /// Looks at every sample once: a bad label or token id is named before anything is trained.
    fn check(&self, net: &N, data: &DataFor<'_, N, L>, which: &'static str) -> Result<(), FitError> {
        if data.is_empty() {
            return Err(FitError::EmptyValidation);
        }
        self.loss.options().map_err(FitError::Loss)?;
        data.check().map_err(|source| FitError::Shape { data: which, source })?;
        let mut sample = zeroed_box::<(<N::In as Shapes>::Buffer<N::Scalar, 1>, L::Target)>();
        for index in 0..data.len() {
            let (x, target) = &mut *sample;
            data.input(index, N::In::sample_mut::<N::Scalar>(&mut N::In::view_mut::<N::Scalar, 1>(x, 1), 0));
            data.target(index, target);
            let x = N::In::sample::<N::Scalar>(N::In::view::<N::Scalar, 1>(x, 1), 0);
            net.check(&(), x).map_err(|source| FitError::Input { data: which, index, source })?;
            self.loss.check(target).map_err(|source| FitError::Target { data: which, index, source })?;
            let weight = data.weight(index);
            if !(weight.is_finite() && weight >= 0.0) {
                return Err(FitError::SampleWeight { data: which, index, weight });
            }
        }
        Ok(())
    }
}

/// Training, Keras's `fit`.
///
/// A trait, so that the compiler can warn of a loss that does not go with the end of the network: the method of the same name
/// that [`Trainer`] has for these is deprecated.
pub trait Fit<N: Network> {
    /// What a sample is compared with.
    type Target;

    /// Trains `net` on `data`; the first call also allocates everything a step needs. A second call goes on with the same
    /// moments and step count, as in Keras.
    ///
    /// # Errors
    /// See [`FitError`]. All but [`FitError::NonFinite`] come before the first step.
    fn fit<D>(&mut self, net: &mut N, data: &D) -> Result<History, FitError>
    where
        D: Dataset<N::Scalar, N::In, Self::Target>;
}

impl<N: Network, const B: usize, O, L> Fit<N> for Trainer<'_, N, B, O, L>
where
    O: Optimizer<N::Scalar> + Clone + Send + 'static,
    L: Loss<N::Scalar, N::Out> + Clone + Send + 'static,
{
    type Target = L::Target;

    fn fit<D>(&mut self, net: &mut N, data: &D) -> Result<History, FitError>
    where
        D: Dataset<N::Scalar, N::In, L::Target>,
    {
        self.train(net, data)
    }
}

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

/// One call of `fit`.
struct Run<'t, 'a, N: Network, const B: usize, O: Optimizer<N::Scalar> + 'static, L: Loss<N::Scalar, N::Out> + 'static> {
    trainer: &'t Trainer<'a, N, B, O, L>,
    session: Session<N, B, O, L>,
    metrics: Metrics<N, B, O, L>,
    history: History,
}

impl<N: Network, const B: usize, O: Optimizer<N::Scalar> + 'static, L: Loss<N::Scalar, N::Out> + 'static> Run<'_, '_, N, B, O, L> {
    fn epochs(
        &mut self,
        net: &mut N,
        train: &DataFor<'_, N, L>,
        validation: Option<&DataFor<'_, N, L>>,
        executor: &dyn Executor,
    ) -> Result<(), nn_core::train::NonFinite> {
        let Trainer { epochs, seed, shuffle, verbose, .. } = *self.trainer;
        let mut order: Vec<usize> = (0..train.len()).collect();
        let mut progress = Progress::new(verbose, epochs, order.len().div_ceil(B));
        let first = self.session.steps() / order.len().div_ceil(B) as u64;
        for epoch in 0..epochs {
            progress.start_epoch(epoch);
            if shuffle {
                order.iter_mut().enumerate().for_each(|(place, index)| *index = place);
                shuffle_indices(&mut order, seed, first + epoch as u64);
            }
            train.upcoming(self.session.steps(), B, &order);
            let mut running = Running::default();
            self.metrics.reset();
            for (step, indices) in order.chunks(B).enumerate() {
                let report = self.session.step(net, train, indices, executor)?;
                running.add(&report);
                self.metrics.update(&mut self.session);
                progress.step(step + 1, || self.metrics.values(running.loss(), running.accuracy(), ""));
            }
            let mut values = self.metrics.values(running.loss(), running.accuracy(), "");
            if let Some(validation) = validation {
                let swapped = self.session.optimizer.evaluates_average() && self.session.swap_average(net, executor);
                let metrics = &mut self.metrics;
                metrics.reset();
                let Evaluation { loss, accuracy } =
                    self.session.evaluate_with(net, validation, executor, &mut |session| metrics.update(session));
                if swapped {
                    self.session.swap_average(net, executor);
                }
                values.extend(metrics.values(loss, accuracy, "val_"));
            }
            progress.end_epoch(&values);
            self.history.push(&values);
        }
        self.session.overwrite_with_average(net, executor);
        Ok(())
    }
}

/// Runs `work` on a pool of its own, or on this thread.
fn on_threads<R: Send>(threads: usize, work: impl FnOnce(&dyn Executor) -> R + Send) -> Result<R, FitError> {
    if threads == 1 {
        return Ok(work(&Serial));
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| FitError::Threads { threads, reason: error.to_string() })?;
    Ok(pool.install(|| work(&Rayon)))
}
