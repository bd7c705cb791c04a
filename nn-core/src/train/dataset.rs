//! Where samples come from.

use crate::scalar::Scalar;
use crate::shape::{Dims, Shape, Shapes};
#[cfg(feature = "alloc")]
use core::ops::Range;

/// Why samples cannot be had: whatever the data set says.
#[cfg(feature = "alloc")]
pub type Unavailable = alloc::boxed::Box<dyn core::error::Error + Send + Sync>;

/// The order in which a data set that is [`in_order`](Dataset::in_order) is gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// As it is.
    Plain,
    /// In an order that follows from these, as far as the data set can.
    Shuffled {
        /// The seed of the run.
        seed: u64,
        /// The number of the pass through the data.
        pass: u64,
    },
}

/// Samples with targets, in any form: a batch is written in place, sample by sample, so that images may stay bytes until then.
#[diagnostic::on_unimplemented(
    message = "the data do not fit the network and its loss: they need inputs of shape `{I}` and targets of type `{Y}`",
    label = "other inputs or other targets",
    note = "data are two slices, `(&[Input], &[Target])`, a `Labelled` or `Samples` set, a `Pipeline`, an `IterableDataset`, or a type of yours with `impl Dataset<..>`"
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
    /// Whether samples can only be had one after the other, from the first one on, as those of a file that does not fit into memory. They are
    /// then asked for by their place in a pass, in this order and after a [`prepare`](Self::prepare), and shuffled by the data set if at
    /// all: the number is how many it holds to draw the next one from. The default is `None`: any sample can be had at any time.
    fn in_order(&self) -> Option<usize> {
        None
    }
    /// Gets samples that are [`in_order`](Self::in_order) ready: those of these places in a pass are asked for next. A pass is gone
    /// through from any place on, and from its beginning to its end if nothing is wrong. The default does nothing.
    ///
    /// # Errors
    /// Why they cannot be had. Training stops before the step that wants them.
    #[cfg(feature = "alloc")]
    fn prepare(&self, reading: Reading, places: Range<usize>) -> Result<(), Unavailable> {
        let _ = (reading, places);
        Ok(())
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
