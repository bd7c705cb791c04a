//! RMSprop.

use super::{BadOptimizer, Clip, Formulas, Optimizer, Rule, Settings, Terms, Update, invalid};
use crate::memory::Zeroable;
use crate::parameters::Parameters;
use crate::scalar::Scalar;
use crate::train::schedule::Schedule;

/// RMSprop (Tieleman and Hinton 2012), by Keras's formulas:
///
/// - `v = rho * v + (1 - rho) g^2`, `d = rate * g / sqrt(v + epsilon)`, `w -= d`;
/// - centred (Graves 2013): also `a = rho * a + (1 - rho) g`, and `v - a^2` in the place of `v`;
/// - with momentum: `m = momentum * m + d`, `w -= m`.
///
/// [`RmsProp::pytorch`] has epsilon outside of the root and the rate outside of `m`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsProp<S = f64> {
    /// The learning rate, a number or a [`Schedule`]. Default: 0.001.
    pub learning_rate: S,
    /// How much of the means is left after a step, below 1. Default: 0.9.
    pub rho: f64,
    /// How much of the last step is left after a step. Default: 0.
    pub momentum: f64,
    /// Keeps the quotient finite. Default: 1e-7.
    pub epsilon: f64,
    /// Whether to divide by the standard deviation of the gradient instead of its root mean square. Default: no.
    pub centered: bool,
    /// Weight decay. Default: 0.
    pub weight_decay: f64,
    /// How large gradients are made smaller. Default: not at all.
    pub clip: Clip,
    /// Whose formulas. Default: Keras's.
    pub formulas: Formulas,
}

impl Default for RmsProp {
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl<S> RmsProp<S> {
    /// Keras's defaults with this learning rate.
    #[must_use]
    pub const fn new(learning_rate: S) -> Self {
        Self {
            learning_rate,
            rho: 0.9,
            momentum: 0.0,
            epsilon: 1e-7,
            centered: false,
            weight_decay: 0.0,
            clip: Clip::None,
            formulas: Formulas::Keras,
        }
    }
    /// PyTorch's formulas and defaults: rho (its `alpha`) 0.99; epsilon 1e-8, outside of the root; weight decay as part of the gradient.
    /// The learning rate is 0.01 there.
    #[must_use]
    pub const fn pytorch(learning_rate: S) -> Self {
        let mut rms = Self::new(learning_rate).rho(0.99).epsilon(1e-8);
        rms.formulas = Formulas::PyTorch;
        rms
    }
    setters!(rho, momentum, epsilon);
    /// With the standard deviation of the gradient.
    #[must_use]
    pub const fn centered(mut self) -> Self {
        self.centered = true;
        self
    }
    common!();
}

impl<T: Scalar, S: Schedule> Optimizer<T> for RmsProp<S> {
    type State<N: Zeroable> = [N; 3];

    fn learning_rate(&self, step: u64) -> f64 {
        self.learning_rate.learning_rate(step)
    }

    fn update<N: Parameters<T>>(&self, update: &Update<'_>, net: &mut N, gradient: &mut N, [squares, mean, velocity]: &mut [N; 3]) {
        let outside = self.formulas.pytorch();
        let settings = Settings::new(update.rate(&self.learning_rate), self.weight_decay, self.clip, self.formulas);
        let rule = Means {
            rho: T::from_f64(self.rho),
            rest: T::from_f64(1.0 - self.rho),
            inside: T::from_f64(if outside { 0.0 } else { self.epsilon }),
            outside: T::from_f64(if outside { self.epsilon } else { 0.0 }),
        };
        if self.momentum == 0.0 && !self.centered {
            return update.run(&settings, [net, gradient, squares], rule);
        }
        let centered = if self.centered { T::ONE } else { T::ZERO };
        let rule = Full { means: rule, momentum: T::from_f64(self.momentum), centered, outside };
        update.run(&settings, [net, gradient, squares, mean, velocity], rule);
    }

    fn check<N: Parameters<T>>(&self, _: &N) -> Result<(), BadOptimizer> {
        invalid::fraction("rho", self.rho)?;
        invalid::fraction("momentum", self.momentum)?;
        invalid::not_negative("epsilon", self.epsilon)?;
        invalid::common(&self.learning_rate, self.weight_decay, self.clip)
    }
}

/// Without centring and momentum.
#[derive(Clone, Copy)]
struct Means<T> {
    rho: T,
    rest: T,
    /// Epsilon, inside of the root or outside.
    inside: T,
    outside: T,
}

impl<T: Scalar> Rule<T, 3> for Means<T> {
    const SQUARES: bool = true;
    #[inline(always)]
    fn run(self, terms: Terms<T>, [w, g, v]: [&mut [T]; 3]) {
        for ((w, g), v) in w.iter_mut().zip(g).zip(v) {
            let g = terms.gradient(*g, *w);
            *v = terms.moment(self.rho * *v + self.rest * (g * g));
            *w = terms.weight(*w) - terms.rate * g / ((*v + self.inside).sqrt() + self.outside);
        }
    }
}

/// With either or both.
#[derive(Clone, Copy)]
struct Full<T> {
    means: Means<T>,
    momentum: T,
    /// 1 or 0.
    centered: T,
    /// Whether the rate is outside of the velocity.
    outside: bool,
}

impl<T: Scalar> Rule<T, 5> for Full<T> {
    const SQUARES: bool = true;
    #[inline(always)]
    fn run(self, terms: Terms<T>, [w, g, v, a, m]: [&mut [T]; 5]) {
        let Means { rho, rest, inside, outside } = self.means;
        let (rate, after) = if self.outside { (T::ONE, terms.rate) } else { (terms.rate, T::ONE) };
        for ((((w, g), v), a), m) in w.iter_mut().zip(g).zip(v).zip(a).zip(m) {
            let g = terms.gradient(*g, *w);
            *v = terms.moment(rho * *v + rest * (g * g));
            *a = terms.moment(rho * *a + rest * g);
            // A variance; rounding may leave less than nothing, where Keras's own root is NaN.
            let variance = (*v - self.centered * (*a * *a)).maximum(T::ZERO);
            *m = terms.moment(self.momentum * *m + rate * g / ((variance + inside).sqrt() + outside));
            *w = terms.weight(*w) - after * *m;
        }
    }
}
