//! Adam with decoupled weight decay.

use super::adam::Moments;
use super::{Adam, BadOptimizer, Clip, Formulas, Optimizer, Settings, Update};
use crate::memory::Zeroable;
use crate::parameters::Parameters;
use crate::scalar::Scalar;
use crate::train::schedule::Schedule;

/// [`Adam`] with weight decay that is not part of the gradient (Loshchilov and Hutter 2017): `w -= rate * weight_decay * w`, then Adam's
/// step. Of all trainable tensors, unless [excluded](AdamW::exclude_from_weight_decay).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamW<S = f64> {
    /// The learning rate, a number or a [`Schedule`]. Default: 0.001.
    pub learning_rate: S,
    /// How much of the mean gradient is left after a step, below 1. Default: 0.9.
    pub beta_1: f64,
    /// How much of the mean squared gradient is left after a step, below 1. Default: 0.999.
    pub beta_2: f64,
    /// Keeps the quotient finite. Default: 1e-7.
    pub epsilon: f64,
    /// Weight decay. Default: 0.004.
    pub weight_decay: f64,
    /// How large gradients are made smaller. Default: not at all.
    pub clip: Clip,
    /// Whose formulas. Default: Keras's.
    pub formulas: Formulas,
}

impl Default for AdamW {
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl<S> AdamW<S> {
    /// Keras's defaults with this learning rate.
    #[must_use]
    pub const fn new(learning_rate: S) -> Self {
        Self { learning_rate, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, weight_decay: 0.004, clip: Clip::None, formulas: Formulas::Keras }
    }
    /// PyTorch's formulas and defaults: epsilon 1e-8, after the correction of bias; weight decay 0.01.
    #[must_use]
    pub const fn pytorch(learning_rate: S) -> Self {
        let mut adam = Self::new(learning_rate).epsilon(1e-8).weight_decay(0.01);
        adam.formulas = Formulas::PyTorch;
        adam
    }
    setters!(beta_1, beta_2, epsilon);
    /// AMSGrad: the largest `v` so far instead of the last.
    #[must_use]
    pub const fn amsgrad(self) -> super::Amsgrad<Self> {
        super::Amsgrad(self)
    }
    common!();

    /// Adam with the same numbers, at one learning rate.
    const fn adam(&self, learning_rate: f64) -> Adam {
        let Self { beta_1, beta_2, epsilon, weight_decay, clip, formulas, .. } = *self;
        Adam { learning_rate, beta_1, beta_2, epsilon, weight_decay, clip, formulas }
    }
}

impl<S: Schedule> AdamW<S> {
    pub(super) fn plan<T: Scalar>(&self, update: &Update<'_>) -> (Settings, Moments<T>) {
        self.adam(update.rate(&self.learning_rate)).plan(update, true)
    }

    pub(super) fn valid(&self) -> Result<(), BadOptimizer> {
        self.adam(self.learning_rate.learning_rate(0)).valid()
    }
}

impl<T: Scalar, S: Schedule> Optimizer<T> for AdamW<S> {
    type State<N: Zeroable> = [N; 2];

    fn learning_rate(&self, step: u64) -> f64 {
        self.learning_rate.learning_rate(step)
    }

    fn update<N: Parameters<T>>(&self, update: &Update<'_>, net: &mut N, gradient: &mut N, [m, v]: &mut [N; 2]) {
        let (settings, moments) = self.plan::<T>(update);
        update.run(&settings, [net, gradient, m, v], moments);
    }

    fn check<N: Parameters<T>>(&self, _: &N) -> Result<(), BadOptimizer> {
        self.valid()
    }
}
