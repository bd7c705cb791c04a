//! Samples that count more or less.

use crate::data::IterableError;
use nn_core::train::{Dataset, Mismatch, Reading, Unavailable};
use nn_core::{Scalar, Shapes};
use std::ops::Range;

/// A data set with a weight for each sample, Keras's `sample_weight`: `SampleWeights(&train, &weights)`.
///
/// The loss and gradient of a sample are multiplied by its weight; the loss of a batch is the sum, divided by the number of samples.
/// Accuracy and metrics do not look at weights. [`fit`](crate::Fit::fit) refuses a weight that is negative or not finite, and a sample
/// without one.
#[derive(Clone, Copy, Debug)]
pub struct SampleWeights<'a, D: ?Sized>(
    /// The samples.
    pub &'a D,
    /// Their weights, in the same order.
    pub &'a [f64],
);

impl<T: Scalar, I: Shapes, Y, D: Dataset<T, I, Y> + ?Sized> Dataset<T, I, Y> for SampleWeights<'_, D> {
    fn len(&self) -> usize {
        self.0.len()
    }
    fn input(&self, index: usize, x: I::Mut<'_, T>) {
        self.0.input(index, x);
    }
    fn training_input(&self, step: u64, index: usize, x: I::Mut<'_, T>) {
        self.0.training_input(step, index, x);
    }
    fn upcoming(&self, first: u64, batch: usize, order: &[usize]) {
        self.0.upcoming(first, batch, order);
    }
    fn target(&self, index: usize, y: &mut Y) {
        self.0.target(index, y);
    }
    fn weight(&self, index: usize) -> f64 {
        self.1.get(index).copied().unwrap_or(f64::NAN)
    }
    fn in_order(&self) -> Option<usize> {
        self.0.in_order()
    }
    /// A weight has the number of its sample, and where these are shuffled on their way nobody knows it.
    fn prepare(&self, reading: Reading, places: Range<usize>) -> Result<(), Unavailable> {
        if self.0.in_order().is_some() { Err(IterableError::Weights.into()) } else { self.0.prepare(reading, places) }
    }
    fn check(&self) -> Result<(), Mismatch> {
        self.0.check()
    }
}
