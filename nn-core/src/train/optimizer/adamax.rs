//! Adamax.

use super::{BadOptimizer, Clip, Formulas, Optimizer, Rule, Settings, Terms, Update, invalid};
use crate::memory::Zeroable;
use crate::parameters::Parameters;
use crate::scalar::Scalar;
use crate::train::schedule::Schedule;

/// Adamax (Kingma and Ba 2014, section 7.1), by Keras's formulas: `m += (g - m) (1 - beta_1)`, `u = max(beta_2 * u, |g|)`,
/// `w -= rate / (1 - beta_1^t) * m / (u + epsilon)` in step `t`, from 1.
///
/// [`Adamax::pytorch`] adds epsilon to `|g|` instead of `u`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adamax<S = f64> {
    /// The learning rate, a number or a [`Schedule`]. Default: 0.001.
    pub learning_rate: S,
    /// How much of the mean gradient is left after a step, below 1. Default: 0.9.
    pub beta_1: f64,
    /// How much of the largest gradient is left after a step, below 1. Default: 0.999.
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

impl Default for Adamax {
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl<S> Adamax<S> {
    /// Keras's defaults with this learning rate.
    #[must_use]
    pub const fn new(learning_rate: S) -> Self {
        Self { learning_rate, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, weight_decay: 0.0, clip: Clip::None, formulas: Formulas::Keras }
    }
    /// PyTorch's formulas and defaults: epsilon 1e-8, added to `|g|`; weight decay as part of the gradient. The learning rate is 0.002
    /// there.
    #[must_use]
    pub const fn pytorch(learning_rate: S) -> Self {
        let mut adamax = Self::new(learning_rate).epsilon(1e-8);
        adamax.formulas = Formulas::PyTorch;
        adamax
    }
    setters!(beta_1, beta_2, epsilon);
    common!();
}

impl<T: Scalar, S: Schedule> Optimizer<T> for Adamax<S> {
    type State<N: Zeroable> = [N; 2];

    fn learning_rate(&self, step: u64) -> f64 {
        self.learning_rate.learning_rate(step)
    }

    fn update<N: Parameters<T>>(&self, update: &Update<'_>, net: &mut N, gradient: &mut N, [m, u]: &mut [N; 2]) {
        let pytorch = self.formulas.pytorch();
        let settings = Settings {
            correction: 1.0 / (1.0 - libm::pow(self.beta_1, update.t())),
            ..Settings::new(update.rate(&self.learning_rate), self.weight_decay, self.clip, self.formulas)
        };
        let rule = Largest {
            first: T::from_f64(1.0 - self.beta_1),
            second: T::from_f64(self.beta_2),
            before: T::from_f64(if pytorch { self.epsilon } else { 0.0 }),
            after: T::from_f64(if pytorch { 0.0 } else { self.epsilon }),
        };
        update.run(&settings, [net, gradient, m, u], rule);
    }

    fn check<N: Parameters<T>>(&self, _: &N) -> Result<(), BadOptimizer> {
        invalid::fraction("beta_1", self.beta_1)?;
        invalid::fraction("beta_2", self.beta_2)?;
        invalid::not_negative("epsilon", self.epsilon)?;
        invalid::common(&self.learning_rate, self.weight_decay, self.clip)
    }
}

#[derive(Clone, Copy)]
struct Largest<T> {
    first: T,
    second: T,
    /// Epsilon, added to `|g|` or to `u`.
    before: T,
    after: T,
}

impl<T: Scalar> Rule<T, 4> for Largest<T> {
    const SQUARES: bool = false;
    #[inline(always)]
    fn run(self, terms: Terms<T>, [w, g, m, u]: [&mut [T]; 4]) {
        for (((w, g), m), u) in w.iter_mut().zip(g).zip(m).zip(u) {
            let g = terms.gradient(*g, *w);
            *m = terms.moment(*m + (g - *m) * self.first);
            *u = terms.moment((self.second * *u).maximum(g.abs() + self.before));
            *w = terms.weight(*w) - terms.rate * *m / (*u + self.after);
        }
    }
}
