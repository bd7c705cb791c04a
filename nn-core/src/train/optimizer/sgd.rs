//! Stochastic gradient descent.

use super::{GRAIN, Optimizer, flush, flush_threshold};
use crate::executor::{Executor, for_pieces};
use crate::memory::Zeroable;
use crate::parameters::{Parameters, Place};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, dispatch};

/// Stochastic gradient descent (Robbins and Monro 1951), with momentum (Polyak 1964) or Nesterov's (1983), by Keras's formulas:
///
/// - without momentum: `w -= rate * g`;
/// - with it: `m = momentum * m - rate * g`, `w += m`;
/// - Nesterov: the same `m`, `w += momentum * m - rate * g`.
///
/// The rate is inside the velocity `m`: unlike PyTorch's, it still carries the old rate after a change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd {
    /// The learning rate. Default: 0.01.
    pub learning_rate: f64,
    /// How much of the velocity is left after a step. Default: 0.
    pub momentum: f64,
    /// Whether to look ahead along the velocity. Default: no.
    pub nesterov: bool,
}

impl Default for Sgd {
    fn default() -> Self {
        Self::new(0.01)
    }
}

impl Sgd {
    /// Plain descent with this learning rate.
    #[must_use]
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, momentum: 0.0, nesterov: false }
    }
    /// With momentum, usually 0.9.
    #[must_use]
    pub const fn momentum(self, momentum: f64) -> Self {
        Self { momentum, ..self }
    }
    /// With Nesterov's momentum.
    #[must_use]
    pub const fn nesterov(self) -> Self {
        Self { nesterov: true, ..self }
    }
}

impl<T: Scalar> Optimizer<T> for Sgd {
    type State<N: Zeroable> = [N; 1];

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn set_learning_rate(&mut self, rate: f64) {
        self.learning_rate = rate;
    }

    fn update<N: Parameters<T>>(&self, _step: u64, net: &mut N, gradient: &mut N, [velocity]: &mut [N; 1], executor: &dyn Executor) {
        let (rate, momentum) = (T::from_f64(self.learning_rate), T::from_f64(self.momentum));
        if self.momentum == 0.0 {
            return N::walk([net, gradient], &Place::ROOT, &mut |tensor, slices| {
                if tensor.trainable() {
                    for_pieces(executor, slices, GRAIN, &|_, [w, g]| dispatch(Plain { w, g, rate }));
                }
            });
        }
        let nesterov = self.nesterov;
        N::walk([net, gradient, velocity], &Place::ROOT, &mut |tensor, slices| {
            if tensor.trainable() {
                for_pieces(executor, slices, GRAIN, &|_, [w, g, m]| dispatch(Momentum { w, g, m, rate, momentum, nesterov }));
            }
        });
    }
}

struct Plain<'a, T> {
    w: &'a mut [T],
    g: &'a [T],
    rate: T,
}

impl<T: Scalar> Kernel for Plain<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        for (w, g) in self.w.iter_mut().zip(self.g) {
            *w -= self.rate * *g;
        }
    }
}

struct Momentum<'a, T> {
    w: &'a mut [T],
    g: &'a [T],
    m: &'a mut [T],
    rate: T,
    momentum: T,
    nesterov: bool,
}

impl<T: Scalar> Kernel for Momentum<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { rate, momentum, .. } = self;
        let threshold = flush_threshold();
        let tensors = self.w.iter_mut().zip(self.g).zip(self.m);
        if self.nesterov {
            for ((w, g), m) in tensors {
                *m = flush(momentum * *m - rate * *g, threshold);
                *w += momentum * *m - rate * *g;
            }
        } else {
            for ((w, g), m) in tensors {
                *m = flush(momentum * *m - rate * *g, threshold);
                *w += *m;
            }
        }
    }
}
