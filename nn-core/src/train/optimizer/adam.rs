//! Adam.

use super::{GRAIN, Optimizer, flush, flush_threshold};
use crate::executor::{Executor, for_pieces};
use crate::memory::Zeroable;
use crate::parameters::{Parameters, Place};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, dispatch};

/// Adam (Kingma and Ba 2014), by Keras's formulas, which are those "just before section 2.1" of the paper:
///
/// - `m += (g - m) (1 - beta_1)`, `v += (g^2 - v) (1 - beta_2)`;
/// - `w -= rate * sqrt(1 - beta_2^t) / (1 - beta_1^t) * m / (sqrt(v) + epsilon)` in step `t`, from 1.
///
/// Epsilon is added before the correction of bias (PyTorch adds it after), so the first steps feel it more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// The learning rate. Default: 0.001.
    pub learning_rate: f64,
    /// How much of the mean gradient is left after a step, below 1. Default: 0.9.
    pub beta_1: f64,
    /// How much of the mean squared gradient is left after a step, below 1. Default: 0.999.
    pub beta_2: f64,
    /// Keeps the quotient finite. Default: 1e-7.
    pub epsilon: f64,
}

impl Default for Adam {
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl Adam {
    /// Keras's defaults with this learning rate.
    #[must_use]
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 }
    }
    /// With another `beta_1`.
    #[must_use]
    pub const fn beta_1(self, beta_1: f64) -> Self {
        Self { beta_1, ..self }
    }
    /// With another `beta_2`.
    #[must_use]
    pub const fn beta_2(self, beta_2: f64) -> Self {
        Self { beta_2, ..self }
    }
    /// With another `epsilon`.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// The learning rate of step `step`, corrected for moments that started at zero.
    pub(super) fn corrected(&self, step: u64) -> f64 {
        // Exact as f64 up to 2^53 steps; the powers go to 0 long before and the correction to 1.
        let t = step.max(1) as f64;
        self.learning_rate * libm::sqrt(1.0 - libm::pow(self.beta_2, t)) / (1.0 - libm::pow(self.beta_1, t))
    }
}

impl<T: Scalar> Optimizer<T> for Adam {
    type State<N: Zeroable> = [N; 2];

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn set_learning_rate(&mut self, rate: f64) {
        self.learning_rate = rate;
    }

    fn update<N: Parameters<T>>(&self, step: u64, net: &mut N, gradient: &mut N, [m, v]: &mut [N; 2], executor: &dyn Executor) {
        let rule = Rule {
            alpha: T::from_f64(self.corrected(step)),
            first: T::from_f64(1.0 - self.beta_1),
            second: T::from_f64(1.0 - self.beta_2),
            epsilon: T::from_f64(self.epsilon),
        };
        N::walk([net, gradient, m, v], &Place::ROOT, &mut |tensor, slices| {
            if tensor.trainable() {
                for_pieces(executor, slices, GRAIN, &|_, [w, g, m, v]| dispatch(Update { w, g, m, v, rule }));
            }
        });
    }
}

#[derive(Clone, Copy)]
struct Rule<T> {
    alpha: T,
    first: T,
    second: T,
    epsilon: T,
}

struct Update<'a, T> {
    w: &'a mut [T],
    g: &'a [T],
    m: &'a mut [T],
    v: &'a mut [T],
    rule: Rule<T>,
}

/// The power of two whose square is just representable.
#[inline(always)]
fn largest_root<T: Scalar>() -> T {
    T::from_f64(f64::from_bits((1023 + if size_of::<T>() == 4 { 63 } else { 511 }) << 52))
}

impl<T: Scalar> Kernel for Update<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Rule { alpha, first, second, epsilon } = self.rule;
        let (threshold, limit) = (flush_threshold::<T>(), largest_root::<T>());
        for (((w, g), m), v) in self.w.iter_mut().zip(self.g).zip(self.m).zip(self.v) {
            // An f32 gradient of 1e25 has an infinite square, and an infinite v is NaN one step later. The step depends on the
            // quotient of the moments only, so a gradient cut off for both still moves w as far. Infinite and NaN gradients
            // are not repaired: 0 * g is 0 for every other.
            let g = g.minimum(limit).maximum(-limit) + T::ZERO * *g;
            *m = flush(*m + (g - *m) * first, threshold);
            *v = flush(*v + (g * g - *v) * second, threshold);
            *w -= alpha * *m / (v.sqrt() + epsilon);
        }
    }
}
