//! Stochastic gradient descent.

use super::{BadOptimizer, Clip, Formulas, Optimizer, Rule, Settings, Terms, Update, invalid};
use crate::memory::Zeroable;
use crate::parameters::Parameters;
use crate::scalar::Scalar;
use crate::train::schedule::Schedule;

/// Stochastic gradient descent (Robbins and Monro 1951), with momentum (Polyak 1964) or Nesterov's (1983), by Keras's formulas:
///
/// - without momentum: `w -= rate * g`;
/// - with it: `m = momentum * m - rate * g`, `w += m`;
/// - Nesterov: the same `m`, `w += momentum * m - rate * g`.
///
/// The rate is inside the velocity `m`, which still carries the old rate after a change. [`Sgd::pytorch`] has it outside:
/// `m = momentum * m + g`, `w -= rate * m`, or `w -= rate * (g + momentum * m)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd<S = f64> {
    /// The learning rate, a number or a [`Schedule`]. Default: 0.01.
    pub learning_rate: S,
    /// How much of the velocity is left after a step. Default: 0.
    pub momentum: f64,
    /// Whether to look ahead along the velocity. Default: no.
    pub nesterov: bool,
    /// Weight decay. Default: 0.
    pub weight_decay: f64,
    /// How large gradients are made smaller. Default: not at all.
    pub clip: Clip,
    /// Whose formulas. Default: Keras's.
    pub formulas: Formulas,
}

impl Default for Sgd {
    fn default() -> Self {
        Self::new(0.01)
    }
}

impl<S> Sgd<S> {
    /// Plain descent with this learning rate.
    #[must_use]
    pub const fn new(learning_rate: S) -> Self {
        Self { learning_rate, momentum: 0.0, nesterov: false, weight_decay: 0.0, clip: Clip::None, formulas: Formulas::Keras }
    }
    /// PyTorch's formulas: the rate outside of the velocity, weight decay as part of the gradient.
    #[must_use]
    pub const fn pytorch(learning_rate: S) -> Self {
        let mut sgd = Self::new(learning_rate);
        sgd.formulas = Formulas::PyTorch;
        sgd
    }
    /// With momentum, usually 0.9.
    #[must_use]
    pub const fn momentum(mut self, momentum: f64) -> Self {
        self.momentum = momentum;
        self
    }
    /// With Nesterov's momentum.
    #[must_use]
    pub const fn nesterov(mut self) -> Self {
        self.nesterov = true;
        self
    }
    common!();
}

impl<T: Scalar, S: Schedule> Optimizer<T> for Sgd<S> {
    type State<N: Zeroable> = [N; 1];

    fn learning_rate(&self, step: u64) -> f64 {
        self.learning_rate.learning_rate(step)
    }

    fn update<N: Parameters<T>>(&self, update: &Update<'_>, net: &mut N, gradient: &mut N, [velocity]: &mut [N; 1]) {
        let settings = Settings::new(update.rate(&self.learning_rate), self.weight_decay, self.clip, self.formulas);
        if self.momentum == 0.0 {
            return update.run(&settings, [net, gradient], Plain);
        }
        let (momentum, nesterov, outside) = (T::from_f64(self.momentum), self.nesterov, self.formulas.pytorch());
        update.run(&settings, [net, gradient, velocity], Momentum { momentum, nesterov, outside });
    }

    fn check<N: Parameters<T>>(&self, _: &N) -> Result<(), BadOptimizer> {
        invalid::fraction("momentum", self.momentum)?;
        invalid::common(&self.learning_rate, self.weight_decay, self.clip)
    }
}

#[derive(Clone, Copy)]
struct Plain;

impl<T: Scalar> Rule<T, 2> for Plain {
    const SQUARES: bool = false;
    #[inline(always)]
    fn run(self, terms: Terms<T>, [w, g]: [&mut [T]; 2]) {
        for (w, g) in w.iter_mut().zip(g) {
            *w = terms.weight(*w) - terms.rate * terms.gradient(*g, *w);
        }
    }
}

#[derive(Clone, Copy)]
struct Momentum<T> {
    momentum: T,
    nesterov: bool,
    /// Whether the rate is outside of the velocity.
    outside: bool,
}

impl<T: Scalar> Rule<T, 3> for Momentum<T> {
    const SQUARES: bool = false;
    #[inline(always)]
    fn run(self, terms: Terms<T>, [w, g, m]: [&mut [T]; 3]) {
        // The velocity with Keras's sign; what is outside of it is inside otherwise.
        let (inside, outside) = if self.outside { (T::ONE, terms.rate) } else { (terms.rate, T::ONE) };
        let tensors = w.iter_mut().zip(g).zip(m);
        if self.nesterov {
            for ((w, g), m) in tensors {
                let step = inside * terms.gradient(*g, *w);
                *m = terms.moment(self.momentum * *m - step);
                *w = terms.weight(*w) + outside * (self.momentum * *m - step);
            }
        } else {
            for ((w, g), m) in tensors {
                *m = terms.moment(self.momentum * *m - inside * terms.gradient(*g, *w));
                *w = terms.weight(*w) + outside * *m;
            }
        }
    }
}
