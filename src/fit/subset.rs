//! A part of a data set, without a copy.

use nn_core::train::{Dataset, Mismatch, Reading, Unavailable};
use nn_core::{Scalar, Shapes};
use std::ops::Range;

/// The samples of `data` in `range`.
pub(super) struct Subset<'a, D: ?Sized> {
    pub data: &'a D,
    pub range: Range<usize>,
}

impl<T: Scalar, I: Shapes, Y, D: Dataset<T, I, Y> + ?Sized> Dataset<T, I, Y> for Subset<'_, D> {
    fn len(&self) -> usize {
        self.range.len()
    }
    fn input(&self, index: usize, x: I::Mut<'_, T>) {
        self.data.input(self.range.start + index, x);
    }
    fn training_input(&self, step: u64, index: usize, x: I::Mut<'_, T>) {
        self.data.training_input(step, self.range.start + index, x);
    }
    /// Only a hint, so that the numbers of a later part need not be copied to be moved.
    fn upcoming(&self, first: u64, batch: usize, order: &[usize]) {
        if self.range.start == 0 {
            self.data.upcoming(first, batch, order);
        }
    }
    fn target(&self, index: usize, y: &mut Y) {
        self.data.target(self.range.start + index, y);
    }
    fn weight(&self, index: usize) -> f64 {
        self.data.weight(self.range.start + index)
    }
    fn in_order(&self) -> Option<usize> {
        self.data.in_order()
    }
    fn prepare(&self, reading: Reading, places: Range<usize>) -> Result<(), Unavailable> {
        self.data.prepare(reading, self.range.start + places.start..self.range.start + places.end)
    }
    fn check(&self) -> Result<(), Mismatch> {
        self.data.check()
    }
}
