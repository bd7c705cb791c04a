//! Adadelta.

use super::{BadOptimizer, Clip, Formulas, Optimizer, Rule, Settings, Terms, Update, invalid};
use crate::memory::Zeroable;
use crate::parameters::Parameters;
use crate::scalar::Scalar;
use crate::train::schedule::Schedule;

/// Adadelta (Zeiler 2012): `a = rho * a + (1 - rho) g^2`, `d = g * sqrt(b + epsilon) / sqrt(a + epsilon)`,
/// `b = rho * b + (1 - rho) d^2`, `w -= rate * d`.
///
/// The paper has a learning rate of 1, as PyTorch; Keras's default is 0.001. [`Adadelta::pytorch`] differs in defaults, and in weight
/// decay and clipping, not in this formula.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adadelta<S = f64> {
    /// The learning rate, a number or a [`Schedule`]. Default: 0.001.
    pub learning_rate: S,
    /// How much of the means is left after a step, below 1. Default: 0.95.
    pub rho: f64,
    /// Keeps the quotient finite, and the first steps above 0. Default: 1e-7.
    pub epsilon: f64,
    /// Weight decay. Default: 0.
    pub weight_decay: f64,
    /// How large gradients are made smaller. Default: not at all.
    pub clip: Clip,
    /// Whose formulas. Default: Keras's.
    pub formulas: Formulas,
}

impl Default for Adadelta {
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl<S> Adadelta<S> {
    /// Keras's defaults with this learning rate.
    #[must_use]
    pub const fn new(learning_rate: S) -> Self {
        Self { learning_rate, rho: 0.95, epsilon: 1e-7, weight_decay: 0.0, clip: Clip::None, formulas: Formulas::Keras }
    }
    /// PyTorch's defaults: rho 0.9, epsilon 1e-6; weight decay as part of the gradient. The learning rate is 1 there.
    #[must_use]
    pub const fn pytorch(learning_rate: S) -> Self {
        let mut adadelta = Self::new(learning_rate).rho(0.9).epsilon(1e-6);
        adadelta.formulas = Formulas::PyTorch;
        adadelta
    }
    setters!(rho, epsilon);
    common!();
}

impl<T: Scalar, S: Schedule> Optimizer<T> for Adadelta<S> {
    type State<N: Zeroable> = [N; 2];

    fn learning_rate(&self, step: u64) -> f64 {
        self.learning_rate.learning_rate(step)
    }

    fn update<N: Parameters<T>>(&self, update: &Update<'_>, net: &mut N, gradient: &mut N, [squares, steps]: &mut [N; 2]) {
        let settings = Settings::new(update.rate(&self.learning_rate), self.weight_decay, self.clip, self.formulas);
        let rule = Means { rho: T::from_f64(self.rho), rest: T::from_f64(1.0 - self.rho), epsilon: T::from_f64(self.epsilon) };
        update.run(&settings, [net, gradient, squares, steps], rule);
    }

    fn check<N: Parameters<T>>(&self, _: &N) -> Result<(), BadOptimizer> {
        invalid::fraction("rho", self.rho)?;
        invalid::not_negative("epsilon", self.epsilon)?;
        invalid::common(&self.learning_rate, self.weight_decay, self.clip)
    }
}

#[derive(Clone, Copy)]
struct Means<T> {
    rho: T,
    rest: T,
    epsilon: T,
}

impl<T: Scalar> Rule<T, 4> for Means<T> {
    const SQUARES: bool = true;
    #[inline(always)]
    fn run(self, terms: Terms<T>, [w, g, squares, steps]: [&mut [T]; 4]) {
        let Self { rho, rest, epsilon } = self;
        for (((w, g), squares), steps) in w.iter_mut().zip(g).zip(squares).zip(steps) {
            let (weight, before) = (*w, *steps);
            let g = terms.gradient(*g, weight);
            let square = terms.moment(rho * *squares + rest * (g * g));
            let step = g * (before + epsilon).sqrt() / (square + epsilon).sqrt();
            (*squares, *steps) = (square, terms.moment(rho * before + rest * (step * step)));
            *w = terms.weight(weight) - terms.rate * step;
        }
    }
}
