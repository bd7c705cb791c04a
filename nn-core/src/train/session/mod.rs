//! One training step, and evaluation: all memory in one block, made once.

mod report;
mod seen;

pub use report::{Evaluation, NonFinite, StepReport};

use super::mixup::{Mixup, partner};
use super::optimizer::{Optimizer, Update};
use super::{Dataset, Penalty, Reading, Unavailable, loss::Loss};
use crate::executor::Executor;
use crate::layer::{Pass, Training};
use crate::memory::{Zeroable, zero_on, zeroed_box};
use crate::network::Network;
use crate::random::Random;
use crate::scalar::Scalar;
use crate::shape::Shapes;
use alloc::boxed::Box;
use alloc::string::ToString;
use core::ops::Range;
use report::{add, over};
use seen::last_non_finite;

/// A network's scalar.
pub(super) type Of<N> = <N as Network>::Scalar;

/// Everything a training run works in: gradients, moments, caches, and one batch. All of it is in place and allocated once.
pub(super) struct Memory<N: Network, O: Optimizer<Of<N>>, L: Loss<Of<N>, N::Out>, const B: usize> {
    gradient: N,
    moments: O::State<N>,
    cache: N::Cache<B>,
    scratch: N::Scratch<B>,
    pub(super) x: <N::In as Shapes>::Buffer<Of<N>, B>,
    z: <N::Out as Shapes>::Buffer<Of<N>, B>,
    pub(super) dz: <N::Out as Shapes>::Buffer<Of<N>, B>,
    /// The gradient of one sample for the target of its partner in a mixture.
    pub(super) dz_of_partner: <N::Out as Shapes>::Buffer<Of<N>, 1>,
    targets: [L::Target; B],
    /// What the samples count in the loss, by the data set.
    weights: [f64; B],
}

// SAFETY: every field is zeroable by its trait.
unsafe impl<N: Network, O: Optimizer<Of<N>>, L: Loss<Of<N>, N::Out>, const B: usize> Zeroable for Memory<N, O, L, B>
where
    O: 'static,
    L: 'static,
{
}

/// A training run of network `N` in batches of up to `B` samples: the step itself, without epochs, progress or data order.
pub struct Session<N: Network, const B: usize, O: Optimizer<Of<N>> + 'static, L: Loss<Of<N>, N::Out> + 'static> {
    /// The optimiser; its options may be changed between steps.
    pub optimizer: O,
    loss: L,
    pub(super) seed: u64,
    pub(super) step: u64,
    pub(super) updates: u64,
    /// How many batches the gradient is the sum of.
    pub(super) pending: u64,
    /// What counts instead of the optimiser's own.
    pub(super) learning_rate: Option<f64>,
    /// How many samples are in memory.
    samples: usize,
    pub(super) mixup: Option<Mixup<N, B, O, L>>,
    memory: Box<Memory<N, O, L, B>>,
}

/// The key of the share of mixtures, beside those of layers, which are their numbers.
const MIXUP: u64 = u64::MAX;

impl<N: Network, const B: usize, O: Optimizer<Of<N>> + 'static, L: Loss<Of<N>, N::Out> + 'static> Session<N, B, O, L> {
    /// A run at step 0. Everything random in it follows from `seed`. The optimiser is taken as it is; [`Optimizer::check`] says whether its
    /// options are in range.
    #[must_use]
    pub fn new(optimizer: O, loss: L, seed: u64) -> Self {
        Self { optimizer, loss, seed, step: 0, updates: 0, pending: 0, learning_rate: None, samples: 0, mixup: None, memory: zeroed_box() }
    }

    /// How many steps were taken: batches.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// How often the optimiser moved the parameters: as often, unless it
    /// [accumulates](super::optimizer::Accumulate) gradients.
    #[must_use]
    pub fn updates(&self) -> u64 {
        self.updates
    }

    /// The learning rate of the next update.
    #[must_use]
    pub fn learning_rate(&self) -> f64 {
        self.learning_rate.unwrap_or_else(|| self.optimizer.learning_rate(self.updates))
    }

    /// Uses this learning rate from now on; a schedule of the optimiser no longer counts.
    pub fn set_learning_rate(&mut self, rate: f64) {
        self.learning_rate = Some(rate);
    }

    /// Exchanges the trainable parameters of `net` with their moving average, if the optimiser keeps one ([`Ema`](super::optimizer::Ema))
    /// and has made an update, and says whether it has. A second call changes them back, to the bit.
    pub fn swap_average(&mut self, net: &mut N, executor: &dyn Executor) -> bool {
        self.average().is_some_and(|average| {
            super::optimizer::swap(net, average, executor);
            true
        })
    }

    /// Gives `net` the moving average of its trainable parameters, if there is one, and says whether there is.
    pub fn overwrite_with_average(&mut self, net: &mut N, executor: &dyn Executor) -> bool {
        self.average().is_some_and(|average| {
            super::optimizer::overwrite(net, average, executor);
            true
        })
    }

    fn average(&mut self) -> Option<&mut N> {
        self.optimizer.average(&mut self.memory.moments).filter(|_| self.updates > 0)
    }

    /// The gradient of the last step; of an optimiser that accumulates, the sum since the last update.
    #[must_use]
    pub fn gradient(&self) -> &N {
        &self.memory.gradient
    }

    pub(super) fn gradient_and_moments(&mut self) -> (&mut N, &mut O::State<N>) {
        let memory = &mut *self.memory;
        (&mut memory.gradient, &mut memory.moments)
    }

    /// One step on the samples of `data` at `indices` (at most `B`; more are ignored). Allocates nothing. Data that are
    /// [`in_order`](Dataset::in_order) must have [prepared](Dataset::prepare) them.
    ///
    /// # Errors
    /// [`NonFinite`]; the network is then unchanged, and gradients that were accumulated for the next update are forgotten.
    pub fn step<D>(&mut self, net: &mut N, data: &D, indices: &[usize], executor: &dyn Executor) -> Result<StepReport, NonFinite>
    where
        D: Dataset<Of<N>, N::In, L::Target> + ?Sized,
    {
        let report = self.batch(net, data, indices, executor);
        if report.is_err() {
            self.pending = 0;
        }
        report
    }

    fn batch<D>(&mut self, net: &mut N, data: &D, indices: &[usize], executor: &dyn Executor) -> Result<StepReport, NonFinite>
    where
        D: Dataset<Of<N>, N::In, L::Target> + ?Sized,
    {
        let indices = &indices[..indices.len().min(B)];
        let count = indices.len();
        self.load(data, indices.iter().copied(), Some(self.step));
        let share = self.mixup.as_ref().map_or(1.0, |mixup| {
            let share = mixup.share(Random::new(self.seed).fork(self.step).fork(MIXUP));
            (mixup.inputs)(&mut self.memory, count, share);
            share
        });
        let activities = Penalty::default();
        let training = Training::new(self.seed, self.step, executor).collecting(&activities);
        self.forward(net, count, &training);
        let report = self.measure(count, Some(share));
        let step = self.step + 1;
        if !report.loss.is_finite() {
            return Err(self.blame(net, count, report.loss));
        }
        if !self.learning_rate().is_finite() {
            return Err(NonFinite { step, layer: N::NAME.to_string(), quantity: "learning rate", loss: report.loss });
        }
        self.backward(net, count, &training);
        let penalty = super::optimizer::regularize(net, &mut self.memory.gradient) + activities.sum();
        if let Some(tensor) = last_non_finite(executor, &self.memory.gradient) {
            return Err(NonFinite { step, layer: tensor, quantity: "gradient", loss: report.loss });
        }
        net.commit::<B>(&(), &self.memory.cache);
        self.step = step;
        self.pending += 1;
        if self.pending >= self.optimizer.gradient_accumulation_steps() {
            self.update(net, executor);
        }
        Ok(StepReport { loss: report.loss + penalty, ..report })
    }

    /// Moves the parameters by the mean gradient of the pending batches.
    fn update(&mut self, net: &mut N, executor: &dyn Executor) {
        let memory = &mut *self.memory;
        self.updates += 1;
        let update = Update::new(self.updates, executor).with_learning_rate(self.learning_rate).scaled(1.0 / self.pending as f64);
        self.optimizer.update(&update, net, &mut memory.gradient, &mut memory.moments);
        super::constraint::constrain(net);
        self.pending = 0;
    }

    /// The mean loss and accuracy over all of `data`, by inference. NaN if samples cannot be had;
    /// [`evaluate_with`](Self::evaluate_with) says why.
    pub fn evaluate<D>(&mut self, net: &N, data: &D, executor: &dyn Executor) -> Evaluation
    where
        D: Dataset<Of<N>, N::In, L::Target> + ?Sized,
    {
        self.evaluate_with(net, data, executor, &mut |_| ()).unwrap_or(Evaluation { loss: f64::NAN, accuracy: None })
    }

    /// [`evaluate`](Self::evaluate) that calls `after` after each batch, when [`outputs`](Self::outputs) are those of the batch.
    ///
    /// # Errors
    /// If samples cannot be had.
    pub fn evaluate_with<D>(
        &mut self,
        net: &N,
        data: &D,
        executor: &dyn Executor,
        after: &mut dyn FnMut(&mut Self),
    ) -> Result<Evaluation, Unavailable>
    where
        D: Dataset<Of<N>, N::In, L::Target> + ?Sized,
    {
        let (mut loss, mut counted, mut hits) = (0.0, 0.0, None);
        let samples = data.len();
        for start in (0..samples).step_by(B.max(1)) {
            let end = samples.min(start + B);
            data.prepare(Reading::Plain, start..end)?;
            self.load(data, Range { start, end }, None);
            let memory = &mut *self.memory;
            let x = N::In::view::<Of<N>, B>(&memory.x, end - start);
            net.trunk_batch::<B>(x, N::Out::view_mut::<Of<N>, B>(&mut memory.z, end - start), &mut memory.scratch, executor);
            let report = self.measure(end - start, None);
            loss += report.loss * report.counted;
            counted += report.counted;
            hits = add(hits, report.hits);
            after(self);
        }
        let penalty = super::optimizer::penalty(net);
        let accuracy = hits.map(|(right, of): (usize, usize)| right as f64 / of.max(1) as f64);
        Ok(Evaluation { loss: over(loss, counted) + penalty, accuracy })
    }

    /// Takes samples into memory, as a training step sees them or as they are.
    fn load<D>(&mut self, data: &D, indices: impl Iterator<Item = usize> + Clone, step: Option<u64>)
    where
        D: Dataset<Of<N>, N::In, L::Target> + ?Sized,
    {
        let memory = &mut *self.memory;
        let mut x = N::In::view_mut::<Of<N>, B>(&mut memory.x, B);
        self.samples = 0;
        for (place, index) in indices.enumerate() {
            let x = N::In::sample_mut::<Of<N>>(&mut x, place);
            match step {
                Some(step) => data.training_input(step, index, x),
                None => data.input(index, x),
            }
            data.target(index, &mut memory.targets[place]);
            memory.weights[place] = data.weight(index);
            self.samples = place + 1;
        }
    }

    fn forward(&mut self, net: &N, count: usize, training: &Training<'_>) {
        let memory = &mut *self.memory;
        let x = N::In::view::<Of<N>, B>(&memory.x, count);
        net.trunk_train::<B>(x, N::Out::view_mut::<Of<N>, B>(&mut memory.z, count), &mut memory.cache, training);
    }

    /// The mean loss and the hits of the batch. With a share, in a step: the gradient as well, of mixtures where it is below 1.
    fn measure(&mut self, count: usize, share: Option<f64>) -> StepReport {
        let counted: f64 = self.memory.targets[..count].iter().map(|target| self.loss.share(target)).sum();
        let (mut loss, mut hits) = (0.0, None);
        for i in 0..count {
            let other = partner(i, count);
            let own = if other == i { 1.0 } else { share.unwrap_or(1.0) };
            loss += self.compare(i, i, own, counted, share.is_some());
            if own < 1.0 {
                loss += self.compare(i, other, 1.0 - own, counted, true);
            }
            let z = N::Out::sample::<Of<N>>(N::Out::view::<Of<N>, B>(&self.memory.z, count), i);
            hits = add(hits, self.loss.hits(N::HEAD, z, &self.memory.targets[i]));
        }
        StepReport { loss: over(loss, counted), samples: count, counted, hits }
    }

    /// The weighted loss of output `i` for the target of `of`, by the share of that; with its gradient, if asked, of which the one for
    /// another target is added.
    fn compare(&mut self, i: usize, of: usize, share: f64, counted: f64, gradient: bool) -> f64 {
        let memory = &mut *self.memory;
        let z = N::Out::sample::<Of<N>>(N::Out::view::<Of<N>, B>(&memory.z, i + 1), i);
        let target = &memory.targets[of];
        let weight = share * memory.weights[of] * self.loss.share(target);
        if !gradient {
            return weight * self.loss.value(N::HEAD, z, target).to_f64();
        }
        let factor = if counted > 0.0 { Of::<N>::from_f64(weight) / Of::<N>::from_f64(counted) } else { Of::<N>::ZERO };
        let loss = {
            let (mut dz, at) = if i == of {
                (N::Out::view_mut::<Of<N>, B>(&mut memory.dz, i + 1), i)
            } else {
                (N::Out::view_mut::<Of<N>, 1>(&mut memory.dz_of_partner, 1), 0)
            };
            let loss = self.loss.sample(N::HEAD, z, target, N::Out::sample_mut::<Of<N>>(&mut dz, at));
            N::Out::scale(N::Out::one_mut::<Of<N>>(N::Out::sample_mut::<Of<N>>(&mut dz, at)), factor);
            loss
        };
        if let (Some(mixup), true) = (&self.mixup, i != of) {
            (mixup.add)(memory, i);
        }
        weight * loss.to_f64()
    }

    fn backward(&mut self, net: &N, count: usize, training: &Training<'_>) {
        let memory = &mut *self.memory;
        if self.pending == 0 {
            zero_on(training.executor, &mut memory.gradient);
        }
        let pass = Pass {
            x: N::In::view::<Of<N>, B>(&memory.x, count),
            y: N::Out::view::<Of<N>, B>(&memory.z, count),
            dy: N::Out::view_mut::<Of<N>, B>(&mut memory.dz, count),
            dx: N::In::no_gradients::<Of<N>>(),
        };
        net.trunk_backward::<B>(pass, &mut memory.cache, &mut memory.gradient, training);
    }
}
