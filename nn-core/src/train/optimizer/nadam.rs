//! Nadam.

use super::{BadOptimizer, Clip, Formulas, Optimizer, Rule, Settings, Terms, Update, invalid};
use crate::memory::Zeroable;
use crate::parameters::Parameters;
use crate::scalar::Scalar;
use crate::train::schedule::Schedule;

/// Nadam (Dozat 2016): Adam with Nesterov's momentum, and a `beta_1` that grows from its half:
///
/// - `u(t) = beta_1 (1 - 0.96^(t * momentum_decay) / 2)`, `p(t) = u(1) u(2) .. u(t)` in step `t`, from 1;
/// - `m += (g - m) (1 - beta_1)`, `v += (g^2 - v) (1 - beta_2)`;
/// - `w -= rate * (u(t+1) m / (1 - p(t+1)) + (1 - u(t)) g / (1 - p(t))) / (sqrt(v / (1 - beta_2^t)) + epsilon)`.
///
/// Keras's and PyTorch's differ in defaults, weight decay and clipping, not in this formula.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nadam<S = f64> {
    /// The learning rate, a number or a [`Schedule`]. Default: 0.001.
    pub learning_rate: S,
    /// How much of the mean gradient is left after a step, below 1. Default: 0.9.
    pub beta_1: f64,
    /// How much of the mean squared gradient is left after a step, below 1. Default: 0.999.
    pub beta_2: f64,
    /// Keeps the quotient finite. Default: 1e-7.
    pub epsilon: f64,
    /// How fast `u` grows. Default: 1, which is Keras's.
    pub momentum_decay: f64,
    /// Weight decay. Default: 0.
    pub weight_decay: f64,
    /// How large gradients are made smaller. Default: not at all.
    pub clip: Clip,
    /// Whose formulas. Default: Keras's.
    pub formulas: Formulas,
}

impl Default for Nadam {
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl<S> Nadam<S> {
    /// Keras's defaults with this learning rate.
    #[must_use]
    pub const fn new(learning_rate: S) -> Self {
        Self {
            learning_rate,
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-7,
            momentum_decay: 1.0,
            weight_decay: 0.0,
            clip: Clip::None,
            formulas: Formulas::Keras,
        }
    }
    /// PyTorch's defaults: epsilon 1e-8, momentum decay 0.004; weight decay as part of the gradient. The learning rate is 0.002 there.
    #[must_use]
    pub const fn pytorch(learning_rate: S) -> Self {
        let mut nadam = Self::new(learning_rate).epsilon(1e-8).momentum_decay(0.004);
        nadam.formulas = Formulas::PyTorch;
        nadam
    }
    setters!(beta_1, beta_2, epsilon, momentum_decay);
    common!();

    /// `u(t)`.
    fn momentum(&self, t: f64) -> f64 {
        self.beta_1 * (1.0 - 0.5 * libm::pow(0.96, t * self.momentum_decay))
    }

    /// `p(t)`. It is not kept: a function of the step only. What is 0 beside 1 is 0 (after some 350 steps with a `beta_1` of 0.9).
    fn product(&self, step: u64) -> f64 {
        let (mut product, mut t) = (1.0, 1);
        while t <= step && product > f64::EPSILON / 8.0 {
            product *= self.momentum(t as f64);
            t += 1;
        }
        product
    }
}

impl<T: Scalar, S: Schedule> Optimizer<T> for Nadam<S> {
    type State<N: Zeroable> = [N; 2];

    fn learning_rate(&self, step: u64) -> f64 {
        self.learning_rate.learning_rate(step)
    }

    fn update<N: Parameters<T>>(&self, update: &Update<'_>, net: &mut N, gradient: &mut N, [m, v]: &mut [N; 2]) {
        let settings = Settings::new(update.rate(&self.learning_rate), self.weight_decay, self.clip, self.formulas);
        let (now, next) = (self.momentum(update.t()), self.momentum(update.t() + 1.0));
        let product = self.product(update.number().max(1));
        let rule = Ahead {
            first: T::from_f64(1.0 - self.beta_1),
            second: T::from_f64(1.0 - self.beta_2),
            mean: T::from_f64(next / (1.0 - product * next)),
            new: T::from_f64((1.0 - now) / (1.0 - product)),
            root: T::from_f64(1.0 / libm::sqrt(1.0 - libm::pow(self.beta_2, update.t()))),
            epsilon: T::from_f64(self.epsilon),
        };
        update.run(&settings, [net, gradient, m, v], rule);
    }

    fn check<N: Parameters<T>>(&self, _: &N) -> Result<(), BadOptimizer> {
        invalid::fraction("beta_1", self.beta_1)?;
        invalid::fraction("beta_2", self.beta_2)?;
        invalid::not_negative("epsilon", self.epsilon)?;
        invalid::not_negative("momentum_decay", self.momentum_decay)?;
        invalid::common(&self.learning_rate, self.weight_decay, self.clip)
    }
}

#[derive(Clone, Copy)]
struct Ahead<T> {
    first: T,
    second: T,
    /// The shares of the mean and of the new gradient.
    mean: T,
    new: T,
    /// What `sqrt(v)` is multiplied with.
    root: T,
    epsilon: T,
}

impl<T: Scalar> Rule<T, 4> for Ahead<T> {
    const SQUARES: bool = true;
    #[inline(always)]
    fn run(self, terms: Terms<T>, [w, g, m, v]: [&mut [T]; 4]) {
        for (((w, g), m), v) in w.iter_mut().zip(g).zip(m).zip(v) {
            let (weight, mean, square) = (*w, *m, *v);
            let g = terms.gradient(*g, weight);
            let mean = terms.moment(mean + (g - mean) * self.first);
            let square = terms.moment(square + (g * g - square) * self.second);
            (*m, *v) = (mean, square);
            *w = terms.weight(weight) - terms.rate * (self.mean * mean + self.new * g) / (square.sqrt() * self.root + self.epsilon);
        }
    }
}
