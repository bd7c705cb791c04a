//! What comes out of steps and evaluations.

use alloc::string::String;

/// What came out of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepReport {
    /// The mean loss of the batch before the step, with the regularisation penalty.
    pub loss: f64,
    /// How many samples there were.
    pub samples: usize,
    /// How many of them the loss is the mean of: fewer where a class is ignored.
    pub counted: f64,
    /// How many predictions were right, of how many; `None` for a loss without right and wrong.
    pub hits: Option<(usize, usize)>,
}

/// The mean over a data set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// The mean loss, with the regularisation penalty (as Keras).
    pub loss: f64,
    /// The share of right predictions; `None` for a loss without right and wrong.
    pub accuracy: Option<f64>,
}

/// A step whose loss or gradient was infinite or NaN. The network is as before the step.
#[derive(Clone, Debug, PartialEq)]
pub struct NonFinite {
    /// The step, counted from 1.
    pub step: u64,
    /// The first layer with a non-finite value (or tensor, for weights), `block.dense` of one in a block; for gradients the last tensor, where the backward pass met it
    /// first.
    pub layer: String,
    /// What was not finite there: `"weights"`, `"input"`, `"activation"`, `"loss"`, `"gradient"` or `"learning rate"`.
    pub quantity: &'static str,
    /// The loss.
    pub loss: f64,
}

impl core::fmt::Display for NonFinite {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { step, layer, quantity, loss } = self;
        write!(
            f,
            "training stopped at step {step}: the {quantity} of `{layer}` is not finite (loss {loss}); the network is as before the step"
        )
    }
}

impl core::error::Error for NonFinite {}

/// The mean of a sum; 0 of nothing.
pub(super) fn over(sum: f64, count: f64) -> f64 {
    if count > 0.0 { sum / count } else { 0.0 }
}

pub(super) fn add(a: Option<(usize, usize)>, b: Option<(usize, usize)>) -> Option<(usize, usize)> {
    match (a, b) {
        (Some((right, of)), Some((more, all))) => Some((right + more, of + all)),
        (a, b) => a.or(b),
    }
}
