//! Adam.

use super::{BadOptimizer, Clip, Formulas, Optimizer, Rule, Settings, Terms, Update, invalid};
use crate::memory::Zeroable;
use crate::parameters::Parameters;
use crate::scalar::Scalar;
use crate::train::schedule::Schedule;

/// Adam (Kingma and Ba 2014), by Keras's formulas, which are those "just before section 2.1" of the paper:
///
/// - `m += (g - m) (1 - beta_1)`, `v += (g^2 - v) (1 - beta_2)`;
/// - `w -= rate * sqrt(1 - beta_2^t) / (1 - beta_1^t) * m / (sqrt(v) + epsilon)` in step `t`, from 1.
///
/// Epsilon is added before the correction of bias, so the first steps feel it more. [`Adam::pytorch`] adds it after:
/// `w -= rate / (1 - beta_1^t) * m / (sqrt(v / (1 - beta_2^t)) + epsilon)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam<S = f64> {
    /// The learning rate, a number or a [`Schedule`]. Default: 0.001.
    pub learning_rate: S,
    /// How much of the mean gradient is left after a step, below 1. Default: 0.9.
    pub beta_1: f64,
    /// How much of the mean squared gradient is left after a step, below 1. Default: 0.999.
    pub beta_2: f64,
    /// Keeps the quotient finite. Default: 1e-7.
    pub epsilon: f64,
    /// Weight decay. Default: 0.
    pub weight_decay: f64,
    /// How large gradients are made smaller. Default: not at all.
    pub clip: Clip,
    /// Whose formulas. Default: Keras's.
    pub formulas: Formulas,
}

impl Default for Adam {
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl<S> Adam<S> {
    /// Keras's defaults with this learning rate.
    #[must_use]
    pub const fn new(learning_rate: S) -> Self {
        Self { learning_rate, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, weight_decay: 0.0, clip: Clip::None, formulas: Formulas::Keras }
    }
    /// PyTorch's formulas and defaults: epsilon 1e-8, after the correction of bias; weight decay as part of the gradient.
    #[must_use]
    pub const fn pytorch(learning_rate: S) -> Self {
        let mut adam = Self::new(learning_rate).epsilon(1e-8);
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
}

impl<S: Schedule> Adam<S> {
    /// What to do in this update. `decoupled`: weight decay is, whatever the formulas.
    pub(super) fn plan<T: Scalar>(&self, update: &Update<'_>, decoupled: bool) -> (Settings, Moments<T>) {
        let pytorch = self.formulas.pytorch();
        let (first, second) = (1.0 - libm::pow(self.beta_1, update.t()), libm::sqrt(1.0 - libm::pow(self.beta_2, update.t())));
        let settings = Settings {
            correction: if pytorch { 1.0 / first } else { second / first },
            coupled: pytorch && !decoupled,
            ..Settings::new(update.rate(&self.learning_rate), self.weight_decay, self.clip, self.formulas)
        };
        let moments = Moments {
            first: T::from_f64(1.0 - self.beta_1),
            second: T::from_f64(1.0 - self.beta_2),
            root: T::from_f64(if pytorch { 1.0 / second } else { 1.0 }),
            epsilon: T::from_f64(self.epsilon),
        };
        (settings, moments)
    }

    pub(super) fn valid(&self) -> Result<(), BadOptimizer> {
        invalid::fraction("beta_1", self.beta_1)?;
        invalid::fraction("beta_2", self.beta_2)?;
        invalid::not_negative("epsilon", self.epsilon)?;
        invalid::common(&self.learning_rate, self.weight_decay, self.clip)
    }
}

impl<T: Scalar, S: Schedule> Optimizer<T> for Adam<S> {
    type State<N: Zeroable> = [N; 2];

    fn learning_rate(&self, step: u64) -> f64 {
        self.learning_rate.learning_rate(step)
    }

    fn update<N: Parameters<T>>(&self, update: &Update<'_>, net: &mut N, gradient: &mut N, [m, v]: &mut [N; 2]) {
        let (settings, moments) = self.plan::<T>(update, false);
        update.run(&settings, [net, gradient, m, v], moments);
    }

    fn check<N: Parameters<T>>(&self, _: &N) -> Result<(), BadOptimizer> {
        self.valid()
    }
}

/// The rule.
#[derive(Clone, Copy)]
pub(super) struct Moments<T> {
    first: T,
    second: T,
    /// What `sqrt(v)` is multiplied with.
    root: T,
    epsilon: T,
}

impl<T: Scalar> Rule<T, 4> for Moments<T> {
    const SQUARES: bool = true;
    #[inline(always)]
    fn run(self, terms: Terms<T>, [w, g, m, v]: [&mut [T]; 4]) {
        for (((w, g), m), v) in w.iter_mut().zip(g).zip(m).zip(v) {
            // All is read before anything is written, here and in other rules: the compiler cannot know that slices do not overlap.
            let (weight, mean, square) = (*w, *m, *v);
            let g = terms.gradient(*g, weight);
            let mean = terms.moment(mean + (g - mean) * self.first);
            let square = terms.moment(square + (g * g - square) * self.second);
            (*m, *v) = (mean, square);
            *w = terms.weight(weight) - terms.rate * mean / (square.sqrt() * self.root + self.epsilon);
        }
    }
}

/// AMSGrad.
impl<T: Scalar> Rule<T, 5> for Moments<T> {
    const SQUARES: bool = true;
    #[inline(always)]
    fn run(self, terms: Terms<T>, [w, g, m, v, max]: [&mut [T]; 5]) {
        for ((((w, g), m), v), max) in w.iter_mut().zip(g).zip(m).zip(v).zip(max) {
            let (weight, mean, square, largest) = (*w, *m, *v, *max);
            let g = terms.gradient(*g, weight);
            let mean = terms.moment(mean + (g - mean) * self.first);
            let square = terms.moment(square + (g * g - square) * self.second);
            let largest = largest.maximum(square);
            (*m, *v, *max) = (mean, square, largest);
            *w = terms.weight(weight) - terms.rate * mean / (largest.sqrt() * self.root + self.epsilon);
        }
    }
}
