//! Streams as training data.

use crate::data::{IterableDataset, PutInput, PutTarget};
use nn_core::train::{Dataset, Reading, Unavailable};
use nn_core::{Scalar, Shape};
use std::ops::Range;

impl<T: Scalar, I: Shape, Z, X: PutInput<T, I>, Y: PutTarget<Z>> Dataset<T, I, Z> for IterableDataset<X, Y> {
    fn len(&self) -> usize {
        IterableDataset::len(self)
    }
    fn in_order(&self) -> Option<usize> {
        Some(self.buffer())
    }
    fn prepare(&self, reading: Reading, places: Range<usize>) -> Result<(), Unavailable> {
        let expected = I::DIMS.elements();
        let mut wrong = |(x, _): &(X, Y)| Some((x.values(), expected)).filter(|(found, expected)| found != expected);
        self.take(reading, places, &mut wrong).map_err(Into::into)
    }
    fn input(&self, index: usize, x: &mut I::Array<T>) {
        self.show(index, &mut |sample| {
            if let Some((input, _)) = sample {
                input.put(x);
            }
        });
    }
    fn target(&self, index: usize, y: &mut Z) {
        self.show(index, &mut |sample| {
            if let Some((_, target)) = sample {
                target.put(y);
            }
        });
    }
    /// NaN for a sample that was not prepared, so that a step with it is no step.
    fn weight(&self, index: usize) -> f64 {
        let mut weight = f64::NAN;
        self.show(index, &mut |sample| weight = if sample.is_some() { 1.0 } else { f64::NAN });
        weight
    }
}
