//! Lion.

use super::{BadOptimizer, Clip, Formulas, Optimizer, Rule, Settings, Terms, Update, invalid};
use crate::memory::Zeroable;
use crate::parameters::Parameters;
use crate::scalar::Scalar;
use crate::train::schedule::Schedule;

/// Lion (Chen et al. 2023), as in Keras: `w -= rate * sign(beta_1 * m + (1 - beta_1) g)`, `m = beta_2 * m + (1 - beta_2) g`.
///
/// Every weight moves by the whole rate in each step: take a third to a tenth of Adam's, and as many times its weight decay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lion<S = f64> {
    /// The learning rate, a number or a [`Schedule`]. Default: 0.001.
    pub learning_rate: S,
    /// The share of the mean gradient in a step, below 1. Default: 0.9.
    pub beta_1: f64,
    /// How much of the mean gradient is left after a step, below 1. Default: 0.99.
    pub beta_2: f64,
    /// Weight decay. Default: 0.
    pub weight_decay: f64,
    /// How large gradients are made smaller. Default: not at all.
    pub clip: Clip,
}

impl Default for Lion {
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl<S> Lion<S> {
    /// Keras's defaults with this learning rate.
    #[must_use]
    pub const fn new(learning_rate: S) -> Self {
        Self { learning_rate, beta_1: 0.9, beta_2: 0.99, weight_decay: 0.0, clip: Clip::None }
    }
    setters!(beta_1, beta_2);
    common!();
}

impl<T: Scalar, S: Schedule> Optimizer<T> for Lion<S> {
    type State<N: Zeroable> = [N; 1];

    fn learning_rate(&self, step: u64) -> f64 {
        self.learning_rate.learning_rate(step)
    }

    fn update<N: Parameters<T>>(&self, update: &Update<'_>, net: &mut N, gradient: &mut N, [m]: &mut [N; 1]) {
        let settings = Settings::new(update.rate(&self.learning_rate), self.weight_decay, self.clip, Formulas::Keras);
        let shares = |beta: f64| (T::from_f64(beta), T::from_f64(1.0 - beta));
        update.run(&settings, [net, gradient, m], Sign { step: shares(self.beta_1), mean: shares(self.beta_2) });
    }

    fn check<N: Parameters<T>>(&self, _: &N) -> Result<(), BadOptimizer> {
        invalid::fraction("beta_1", self.beta_1)?;
        invalid::fraction("beta_2", self.beta_2)?;
        invalid::common(&self.learning_rate, self.weight_decay, self.clip)
    }
}

/// The shares of the mean and of the new gradient, in a step and in the next mean.
#[derive(Clone, Copy)]
struct Sign<T> {
    step: (T, T),
    mean: (T, T),
}

impl<T: Scalar> Rule<T, 3> for Sign<T> {
    const SQUARES: bool = false;
    #[inline(always)]
    fn run(self, terms: Terms<T>, [w, g, m]: [&mut [T]; 3]) {
        for ((w, g), m) in w.iter_mut().zip(g).zip(m) {
            let g = terms.gradient(*g, *w);
            let direction = self.step.0 * *m + self.step.1 * g;
            *m = terms.moment(self.mean.0 * *m + self.mean.1 * g);
            // NaN has no sign.
            *w = terms.weight(*w) - terms.rate * super::regularize::sign(direction) + T::ZERO * direction;
        }
    }
}
