//! Learning rates that fall: by steps, exponentially, hyperbolically, by a power.

use super::{Schedule, ratio};

/// Keras's `ExponentialDecay`: `initial * decay_rate^(step / decay_steps)`. With [`staircase`](Self::staircase) the exponent is a whole
/// number: the rate falls by the factor every `decay_steps` updates and stays in between (PyTorch's `StepLR`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExponentialDecay {
    /// The learning rate of the first update.
    pub initial_learning_rate: f64,
    /// After how many updates it has fallen by the factor.
    pub decay_steps: u64,
    /// The factor.
    pub decay_rate: f64,
    /// Whether it falls in steps. Default: no.
    pub staircase: bool,
}

impl ExponentialDecay {
    /// A smooth fall.
    #[must_use]
    pub const fn new(initial_learning_rate: f64, decay_steps: u64, decay_rate: f64) -> Self {
        Self { initial_learning_rate, decay_steps, decay_rate, staircase: false }
    }
    /// A fall in steps.
    #[must_use]
    pub const fn staircase(self) -> Self {
        Self { staircase: true, ..self }
    }
}

impl Schedule for ExponentialDecay {
    fn learning_rate(&self, step: u64) -> f64 {
        let exponent = ratio(step, self.decay_steps);
        self.initial_learning_rate * libm::pow(self.decay_rate, if self.staircase { libm::floor(exponent) } else { exponent })
    }
}

/// Keras's `InverseTimeDecay`: `initial / (1 + decay_rate * step / decay_steps)`, the quotient rounded down with
/// [`staircase`](Self::staircase).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InverseTimeDecay {
    /// The learning rate of the first update.
    pub initial_learning_rate: f64,
    /// The unit of time, in updates.
    pub decay_steps: u64,
    /// How much the divisor grows in that time.
    pub decay_rate: f64,
    /// Whether it falls in steps. Default: no.
    pub staircase: bool,
}

impl InverseTimeDecay {
    /// A smooth fall.
    #[must_use]
    pub const fn new(initial_learning_rate: f64, decay_steps: u64, decay_rate: f64) -> Self {
        Self { initial_learning_rate, decay_steps, decay_rate, staircase: false }
    }
    /// A fall in steps.
    #[must_use]
    pub const fn staircase(self) -> Self {
        Self { staircase: true, ..self }
    }
}

impl Schedule for InverseTimeDecay {
    fn learning_rate(&self, step: u64) -> f64 {
        let time = ratio(step, self.decay_steps);
        self.initial_learning_rate / (1.0 + self.decay_rate * if self.staircase { libm::floor(time) } else { time })
    }
}

/// Keras's `PiecewiseConstantDecay`: another rate after each of `N` boundaries (`step > boundary`, as in Keras).
///
/// ```
/// use nn_core::train::schedule::{PiecewiseConstantDecay, Schedule};
/// let schedule = PiecewiseConstantDecay::new(0.1, [(1000, 0.01), (2000, 0.001)]);
/// assert_eq!([0, 1000, 1001, 2001].map(|step| schedule.learning_rate(step)), [0.1, 0.1, 0.01, 0.001]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PiecewiseConstantDecay<const N: usize> {
    /// The learning rate up to the first boundary.
    pub initial_learning_rate: f64,
    /// Boundaries, in rising order, and the learning rates after them.
    pub pieces: [(u64, f64); N],
}

impl<const N: usize> PiecewiseConstantDecay<N> {
    /// These pieces.
    #[must_use]
    pub const fn new(initial_learning_rate: f64, pieces: [(u64, f64); N]) -> Self {
        Self { initial_learning_rate, pieces }
    }
}

impl<const N: usize> Schedule for PiecewiseConstantDecay<N> {
    fn learning_rate(&self, step: u64) -> f64 {
        let passed = self.pieces.iter().rev().find(|(boundary, _)| step > *boundary);
        passed.map_or(self.initial_learning_rate, |(_, rate)| *rate)
    }
}

/// Keras's `PolynomialDecay`: `(initial - end) * (1 - step / decay_steps)^power + end`, and `end` after `decay_steps`.
///
/// With [`cycle`](Self::cycle), `decay_steps` is multiplied by the smallest whole number that is not below `step / decay_steps`: the rate
/// rises again after each multiple, ever less steeply falling.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PolynomialDecay {
    /// The learning rate of the first update.
    pub initial_learning_rate: f64,
    /// How many updates the fall takes.
    pub decay_steps: u64,
    /// The learning rate after it. Default: 0.0001.
    pub end_learning_rate: f64,
    /// The exponent. Default: 1, a straight line.
    pub power: f64,
    /// Whether it starts again. Default: no.
    pub cycle: bool,
}

impl PolynomialDecay {
    /// A straight line to 0.0001.
    #[must_use]
    pub const fn new(initial_learning_rate: f64, decay_steps: u64) -> Self {
        Self { initial_learning_rate, decay_steps, end_learning_rate: 1e-4, power: 1.0, cycle: false }
    }
    /// With another end.
    #[must_use]
    pub const fn end_learning_rate(self, end_learning_rate: f64) -> Self {
        Self { end_learning_rate, ..self }
    }
    /// With another exponent.
    #[must_use]
    pub const fn power(self, power: f64) -> Self {
        Self { power, ..self }
    }
    /// Again and again.
    #[must_use]
    pub const fn cycle(self) -> Self {
        Self { cycle: true, ..self }
    }
}

impl Schedule for PolynomialDecay {
    fn learning_rate(&self, step: u64) -> f64 {
        let time = ratio(step, self.decay_steps);
        let part = if self.cycle { time / libm::fmax(1.0, libm::ceil(time)) } else { libm::fmin(time, 1.0) };
        (self.initial_learning_rate - self.end_learning_rate) * libm::pow(1.0 - part, self.power) + self.end_learning_rate
    }
}
