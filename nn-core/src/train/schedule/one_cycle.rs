//! Learning rates that rise and fall.

use super::{Schedule, half_cosine};

/// PyTorch's `OneCycleLR` (Smith and Topin 2017): along a cosine from `max / div_factor` up to `max` in the first `pct_start` of
/// `total_steps` updates, then down to `max / div_factor / final_div_factor`. The momentum stays as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneCycle {
    /// The highest learning rate.
    pub max_learning_rate: f64,
    /// How many updates there will be; the rate stays at its last value if there are more.
    pub total_steps: u64,
    /// The share of rising updates. Default: 0.3.
    pub pct_start: f64,
    /// The highest over the first learning rate. Default: 25.
    pub div_factor: f64,
    /// The first over the last learning rate. Default: 10 000.
    pub final_div_factor: f64,
    /// Whether to rise and fall in straight lines instead. Default: no.
    pub linear: bool,
    /// Whether to fall to the first learning rate in the same time as the rise took, then to the last. Default: no.
    pub three_phase: bool,
}

impl OneCycle {
    /// PyTorch's defaults.
    #[must_use]
    pub const fn new(max_learning_rate: f64, total_steps: u64) -> Self {
        Self { max_learning_rate, total_steps, pct_start: 0.3, div_factor: 25.0, final_div_factor: 1e4, linear: false, three_phase: false }
    }
    /// With another share of rising updates.
    #[must_use]
    pub const fn pct_start(self, pct_start: f64) -> Self {
        Self { pct_start, ..self }
    }
    /// With another first learning rate.
    #[must_use]
    pub const fn div_factor(self, div_factor: f64) -> Self {
        Self { div_factor, ..self }
    }
    /// With another last learning rate.
    #[must_use]
    pub const fn final_div_factor(self, final_div_factor: f64) -> Self {
        Self { final_div_factor, ..self }
    }
    /// In straight lines.
    #[must_use]
    pub const fn linear(self) -> Self {
        Self { linear: true, ..self }
    }
    /// In three phases.
    #[must_use]
    pub const fn three_phase(self) -> Self {
        Self { three_phase: true, ..self }
    }
}

impl Schedule for OneCycle {
    fn learning_rate(&self, step: u64) -> f64 {
        let (top, total, step) = (self.max_learning_rate, self.total_steps as f64, step as f64);
        let first = top / self.div_factor;
        let last = first / self.final_div_factor;
        // The steps at which the phases end, and the rates there.
        let (rise, end) = ((self.pct_start * total - 1.0, top), (total - 1.0, last));
        let fall = if self.three_phase { (2.0 * self.pct_start * total - 2.0, first) } else { end };
        let mut from = (0.0, first);
        for to in [rise, fall, end] {
            if step <= to.0 {
                let part = (step - from.0) / (to.0 - from.0);
                let share = if self.linear { 1.0 - part } else { half_cosine(part) };
                // A phase of no length is at its end.
                return if part.is_nan() { to.1 } else { to.1 + (from.1 - to.1) * share };
            }
            from = to;
        }
        last
    }
}

/// The schedule of the transformer (Vaswani et al. 2017): `factor / sqrt(units) * min(n^-0.5, n * warmup_steps^-1.5)` in update `n`, from
/// 1: a straight rise, then a fall with the root. PyTorch and Keras have no such class; it is `LambdaLR` and a class of one's own there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noam {
    /// The width of the model.
    pub units: usize,
    /// How many updates the rise takes. 4000 in the paper.
    pub warmup_steps: u64,
    /// A factor. Default: 1.
    pub factor: f64,
}

impl Noam {
    /// The paper's.
    #[must_use]
    pub const fn new(units: usize, warmup_steps: u64) -> Self {
        Self { units, warmup_steps, factor: 1.0 }
    }
    /// Multiplied with this.
    #[must_use]
    pub const fn factor(self, factor: f64) -> Self {
        Self { factor, ..self }
    }
}

impl Schedule for Noam {
    fn learning_rate(&self, step: u64) -> f64 {
        let (n, warmup) = (step as f64 + 1.0, self.warmup_steps.max(1) as f64);
        let rise = n / (warmup * libm::sqrt(warmup));
        self.factor / libm::sqrt(self.units.max(1) as f64) * libm::fmin(1.0 / libm::sqrt(n), rise)
    }
}
