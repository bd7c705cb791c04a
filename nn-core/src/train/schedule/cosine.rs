//! Learning rates that fall along a cosine.

use super::{Schedule, half_cosine, ratio};

/// Keras's `CosineDecay` (Loshchilov and Hutter 2016): `peak * ((1 - alpha) (1 + cos(pi * step / decay_steps)) / 2 + alpha)`, and
/// `peak * alpha` after `decay_steps`.
///
/// The peak is `initial_learning_rate`; after a [`warmup`](Self::warmup), which is a straight line from `initial_learning_rate` that comes
/// before the `decay_steps`, it is the warm-up's target.
///
/// ```
/// use nn_core::train::schedule::{CosineDecay, Schedule};
/// let schedule = CosineDecay::new(0.0, 10_000).warmup(1e-3, 500);
/// assert_eq!([0, 250, 500, 10_500].map(|step| schedule.learning_rate(step)), [0.0, 5e-4, 1e-3, 0.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CosineDecay {
    /// The learning rate of the first update.
    pub initial_learning_rate: f64,
    /// How many updates the fall takes.
    pub decay_steps: u64,
    /// The share of the peak that is left at the end. Default: 0.
    pub alpha: f64,
    /// The learning rate after warm-up. Default: `None`, no warm-up.
    pub warmup_target: Option<f64>,
    /// How many updates the warm-up takes.
    pub warmup_steps: u64,
}

impl CosineDecay {
    /// A fall to 0.
    #[must_use]
    pub const fn new(initial_learning_rate: f64, decay_steps: u64) -> Self {
        Self { initial_learning_rate, decay_steps, alpha: 0.0, warmup_target: None, warmup_steps: 0 }
    }
    /// A fall to `alpha` times the peak.
    #[must_use]
    pub const fn alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }
    /// First a rise to `target` in `steps` updates.
    #[must_use]
    pub const fn warmup(self, target: f64, steps: u64) -> Self {
        Self { warmup_target: Some(target), warmup_steps: steps, ..self }
    }
}

impl Schedule for CosineDecay {
    fn learning_rate(&self, step: u64) -> f64 {
        let (peak, step) = match self.warmup_target {
            None => (self.initial_learning_rate, step),
            Some(target) if step >= self.warmup_steps => (target, step - self.warmup_steps),
            Some(target) => {
                let initial = self.initial_learning_rate;
                return (target - initial) * ratio(step, self.warmup_steps) + initial;
            }
        };
        // At the end exactly, where the cosine is off by rounding.
        let fall = if step >= self.decay_steps { 0.0 } else { half_cosine(ratio(step, self.decay_steps)) };
        peak * ((1.0 - self.alpha) * fall + self.alpha)
    }
}

/// Keras's `CosineDecayRestarts`: a cosine's fall in `first_decay_steps` updates, then again in `t_mul` times as many from `m_mul` times
/// the height, and so on. All between `alpha` times the initial rate and the initial rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CosineDecayRestarts {
    /// The learning rate of the first update.
    pub initial_learning_rate: f64,
    /// How many updates the first fall takes.
    pub first_decay_steps: u64,
    /// How much longer each fall is than the one before, at least 1. Default: 2.
    pub t_mul: f64,
    /// The height of each fall as a share of the one before. Default: 1.
    pub m_mul: f64,
    /// The share of the initial rate that is never fallen below. Default: 0.
    pub alpha: f64,
}

impl CosineDecayRestarts {
    /// Each fall twice as long as the one before, and as high.
    #[must_use]
    pub const fn new(initial_learning_rate: f64, first_decay_steps: u64) -> Self {
        Self { initial_learning_rate, first_decay_steps, t_mul: 2.0, m_mul: 1.0, alpha: 0.0 }
    }
    /// With another growth of length.
    #[must_use]
    pub const fn t_mul(self, t_mul: f64) -> Self {
        Self { t_mul, ..self }
    }
    /// With another share of height.
    #[must_use]
    pub const fn m_mul(self, m_mul: f64) -> Self {
        Self { m_mul, ..self }
    }
    /// With another bottom.
    #[must_use]
    pub const fn alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }

    /// How many falls are over, and the share of this one that is.
    fn fall(&self, step: u64) -> (f64, f64) {
        let time = ratio(step, self.first_decay_steps);
        if self.t_mul == 1.0 {
            let falls = libm::floor(time);
            return (falls, time - falls);
        }
        // The first n falls take (t^n - 1) / (t - 1). The logarithm finds n but for rounding, which the comparison sets right: at a
        // restart the rate is at the top, never at the bottom.
        let start = |falls: f64| (libm::pow(self.t_mul, falls) - 1.0) / (self.t_mul - 1.0);
        let mut falls = libm::floor(libm::log(1.0 + time * (self.t_mul - 1.0)) / libm::log(self.t_mul));
        if start(falls + 1.0) <= time {
            falls += 1.0;
        } else if start(falls) > time {
            falls -= 1.0;
        }
        (falls, (time - start(falls)) / libm::pow(self.t_mul, falls))
    }
}

impl Schedule for CosineDecayRestarts {
    fn learning_rate(&self, step: u64) -> f64 {
        let (falls, part) = self.fall(step);
        let height = libm::pow(self.m_mul, falls) * half_cosine(part);
        self.initial_learning_rate * ((1.0 - self.alpha) * height + self.alpha)
    }
}
