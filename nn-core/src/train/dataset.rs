//! Where samples come from.

use crate::scalar::Scalar;
use crate::shape::{Dims, Shape, Shapes};

/// Samples with targets, in any form: a batch is written in place, sample by sample, so that images may stay bytes until then.
#[diagnostic::on_unimplemented(
    message = "the data do not fit the network and its loss: they need inputs of shape `{I}` and targets of type `{Y}`",
    label = "other inputs or other targets",
    note = "data are two slices, `(&[Input], &[Target])`, a `Labelled` or `Samples` set, a `Pipeline`, or a type of yours with `impl Dataset<..>`"
)]
pub trait Dataset<T: Scalar, I: Shapes, Y>: Sync {
    /// How many samples there are.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Writes the input of a sample.
    fn input(&self, index: usize, x: I::Mut<'_, T>);
    /// Writes the input of a sample for training step `step`, counted from 0: where augmentation changes it, by the step and the sample
    /// alone. The default is [`input`](Self::input).
    fn training_input(&self, step: u64, index: usize, x: I::Mut<'_, T>) {
        let _ = step;
        self.input(index, x);
    }
    /// A hint, at the start of a pass through the data: from step `first` on, batches of `batch` samples are asked for in this order. The default does
    /// nothing.
    fn upcoming(&self, first: u64, batch: usize, order: &[usize]) {
        let _ = (first, batch, order);
    }
    /// Writes the target of a sample.
    fn target(&self, index: usize, y: &mut Y);
    /// What a sample counts in the loss, a finite number of at least 0: Keras's `sample_weight`. The loss of a batch is the sum of the
    /// weighted losses, divided by the number of samples (not by the sum of the weights). The default is 1.
    fn weight(&self, index: usize) -> f64 {
        let _ = index;
        1.0
    }
    /// Whether the samples have the shape of the input; asked once, before training. The default is yes.
    ///
    /// # Errors
    /// Both shapes.
    fn check(&self) -> Result<(), Mismatch> {
        Ok(())
    }
}

/// Samples of one shape for an input of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// How many values a sample has.
    pub sample: usize,
    /// What the network takes.
    pub input: Dims,
}

impl core::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "a sample has {} values, but the network takes {}", self.sample, self.input.elements())
    }
}

impl core::error::Error for Mismatch {}

/// Inputs and targets in two slices of the same length; the shorter one counts.
impl<T: Scalar, I: Shape, Y: Copy + Sync> Dataset<T, I, Y> for (&[I::Array<T>], &[Y]) {
    fn len(&self) -> usize {
        self.0.len().min(self.1.len())
    }
    fn input(&self, index: usize, x: &mut I::Array<T>) {
        crate::memory::copy(&self.0[index], x);
    }
    fn target(&self, index: usize, y: &mut Y) {
        *y = self.1[index];
    }
}
