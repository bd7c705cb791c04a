//! A moving average of the parameters.

use super::{BadOptimizer, GRAIN, Optimizer, Update, invalid};
use crate::executor::{Executor, for_pieces};
use crate::memory::Zeroable;
use crate::parameters::{Parameters, Place};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, dispatch};

/// An optimiser that also keeps an exponential moving average of the parameters (Polyak and Juditsky 1992), Keras's `use_ema`:
/// `average = momentum * average + (1 - momentum) * w` after every update, and `average = w` after the first.
///
/// At the end of a training run the network gets the average, as in Keras; while it lasts, `Session::swap_average` shows it. Running
/// statistics are not averaged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ema<O> {
    /// The optimiser.
    pub optimizer: O,
    /// How much of the average is left after an update, below 1: Keras's `ema_momentum`, 0.99 there.
    pub momentum: f64,
    /// Every how many updates the network gets the average: Keras's `ema_overwrite_frequency`. Default: `None`, at the end only.
    pub overwrite_frequency: Option<u64>,
    /// Whether validation during training is of the average, as with Keras's callback `SwapEMAWeights`. Default: no.
    pub evaluate: bool,
}

impl<O> Ema<O> {
    /// As `optimizer`, with an average that keeps `momentum` of itself.
    #[must_use]
    pub const fn new(optimizer: O, momentum: f64) -> Self {
        Self { optimizer, momentum, overwrite_frequency: None, evaluate: false }
    }
    /// The network gets the average every `updates` updates.
    #[must_use]
    pub const fn overwrite_frequency(mut self, updates: u64) -> Self {
        self.overwrite_frequency = Some(updates);
        self
    }
    /// Validation during training is of the average.
    #[must_use]
    pub const fn evaluate(mut self) -> Self {
        self.evaluate = true;
        self
    }
    wrappers!();
}

impl<T: Scalar, O: Optimizer<T>> Optimizer<T> for Ema<O> {
    type State<N: Zeroable> = (O::State<N>, N);

    fn learning_rate(&self, step: u64) -> f64 {
        self.optimizer.learning_rate(step)
    }

    fn update<N: Parameters<T>>(&self, update: &Update<'_>, net: &mut N, gradient: &mut N, (state, average): &mut (O::State<N>, N)) {
        self.optimizer.update(update, net, gradient, state);
        let share = T::from_f64(if update.number() <= 1 { 1.0 } else { 1.0 - self.momentum });
        let overwrite = self.overwrite_frequency.is_some_and(|every| update.number().is_multiple_of(every));
        pairs(net, average, update.executor(), &|w, average| dispatch(Average { w, average, share, overwrite }));
    }

    fn check<N: Parameters<T>>(&self, net: &N) -> Result<(), BadOptimizer> {
        invalid::fraction("ema_momentum", self.momentum)?;
        invalid::at_least_one("ema_overwrite_frequency", self.overwrite_frequency.unwrap_or(1))?;
        self.optimizer.check(net)
    }

    fn gradient_accumulation_steps(&self) -> u64 {
        self.optimizer.gradient_accumulation_steps()
    }

    fn average<'s, N: Zeroable>(&self, (_, average): &'s mut Self::State<N>) -> Option<&'s mut N> {
        Some(average)
    }

    fn evaluates_average(&self) -> bool {
        self.evaluate
    }
}

/// Exchanges the trainable tensors of two networks.
#[cfg(feature = "alloc")]
pub(in crate::train) fn swap<T: Scalar, N: Parameters<T>>(a: &mut N, b: &mut N, executor: &dyn Executor) {
    pairs(a, b, executor, &|a, b| a.swap_with_slice(b));
}

/// Copies the trainable tensors of an average.
#[cfg(feature = "alloc")]
pub(in crate::train) fn overwrite<T: Scalar, N: Parameters<T>>(net: &mut N, average: &mut N, executor: &dyn Executor) {
    pairs(net, average, executor, &|w, average| w.copy_from_slice(average));
}

fn pairs<T: Scalar, N: Parameters<T>>(a: &mut N, b: &mut N, executor: &dyn Executor, work: &(dyn Fn(&mut [T], &mut [T]) + Sync)) {
    N::walk([a, b], &Place::ROOT, &mut |tensor, slices| {
        if tensor.trainable() {
            for_pieces(executor, slices, GRAIN, &|_, [a, b]| work(a, b));
        }
    });
}

struct Average<'a, T> {
    w: &'a mut [T],
    average: &'a mut [T],
    share: T,
    overwrite: bool,
}

impl<T: Scalar> Kernel for Average<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        if self.share == T::ONE {
            self.average.copy_from_slice(self.w);
            return;
        }
        // The average of a weight that stays is that weight, to the bit.
        for (w, average) in self.w.iter().zip(&mut *self.average) {
            *average += (*w - *average) * self.share;
        }
        if self.overwrite {
            self.w.copy_from_slice(self.average);
        }
    }
}
