//! Adagrad.

use super::{BadOptimizer, Clip, Formulas, Optimizer, Rule, Settings, Terms, Update, invalid};
use crate::memory::Zeroable;
use crate::parameters::Parameters;
use crate::scalar::Scalar;
use crate::train::schedule::Schedule;

/// Adagrad (Duchi, Hazan and Singer 2011), by Keras's formulas: `a += g^2`, `w -= rate * g / sqrt(a + epsilon)`, with
/// `a = initial_accumulator_value` at the start.
///
/// [`Adagrad::pytorch`] has epsilon outside of the root: `w -= rate * g / (sqrt(a) + epsilon)`. (PyTorch's `lr_decay` is
/// [`InverseTimeDecay`](crate::train::schedule::InverseTimeDecay).)
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adagrad<S = f64> {
    /// The learning rate, a number or a [`Schedule`]. Default: 0.001.
    pub learning_rate: S,
    /// What the sum of squares starts with. Default: 0.1.
    pub initial_accumulator_value: f64,
    /// Keeps the quotient finite. Default: 1e-7.
    pub epsilon: f64,
    /// Weight decay. Default: 0.
    pub weight_decay: f64,
    /// How large gradients are made smaller. Default: not at all.
    pub clip: Clip,
    /// Whose formulas. Default: Keras's.
    pub formulas: Formulas,
}

impl Default for Adagrad {
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl<S> Adagrad<S> {
    /// Keras's defaults with this learning rate.
    #[must_use]
    pub const fn new(learning_rate: S) -> Self {
        Self {
            learning_rate,
            initial_accumulator_value: 0.1,
            epsilon: 1e-7,
            weight_decay: 0.0,
            clip: Clip::None,
            formulas: Formulas::Keras,
        }
    }
    /// PyTorch's formulas and defaults: epsilon 1e-10, outside of the root; a sum that starts with 0; weight decay as part of the
    /// gradient. The learning rate is 0.01 there.
    #[must_use]
    pub const fn pytorch(learning_rate: S) -> Self {
        let mut adagrad = Self::new(learning_rate).initial_accumulator_value(0.0).epsilon(1e-10);
        adagrad.formulas = Formulas::PyTorch;
        adagrad
    }
    setters!(initial_accumulator_value, epsilon);
    common!();
}

impl<T: Scalar, S: Schedule> Optimizer<T> for Adagrad<S> {
    type State<N: Zeroable> = [N; 1];

    fn learning_rate(&self, step: u64) -> f64 {
        self.learning_rate.learning_rate(step)
    }

    fn update<N: Parameters<T>>(&self, update: &Update<'_>, net: &mut N, gradient: &mut N, [sum]: &mut [N; 1]) {
        let settings = Settings::new(update.rate(&self.learning_rate), self.weight_decay, self.clip, self.formulas);
        let initial = self.initial_accumulator_value;
        let (inside, outside) = if self.formulas.pytorch() { (initial, self.epsilon) } else { (initial + self.epsilon, 0.0) };
        update.run(&settings, [net, gradient, sum], Sum { inside: T::from_f64(inside), outside: T::from_f64(outside) });
    }

    fn check<N: Parameters<T>>(&self, _: &N) -> Result<(), BadOptimizer> {
        invalid::not_negative("initial_accumulator_value", self.initial_accumulator_value)?;
        invalid::not_negative("epsilon", self.epsilon)?;
        invalid::common(&self.learning_rate, self.weight_decay, self.clip)
    }
}

/// What is added to the sum of squares, which itself starts with 0, and to its root.
#[derive(Clone, Copy)]
struct Sum<T> {
    inside: T,
    outside: T,
}

impl<T: Scalar> Rule<T, 3> for Sum<T> {
    const SQUARES: bool = true;
    #[inline(always)]
    fn run(self, terms: Terms<T>, [w, g, sum]: [&mut [T]; 3]) {
        for ((w, g), sum) in w.iter_mut().zip(g).zip(sum) {
            let g = terms.gradient(*g, *w);
            *sum = terms.moment(*sum + g * g);
            *w = terms.weight(*w) - terms.rate * g / ((*sum + self.inside).sqrt() + self.outside);
        }
    }
}
