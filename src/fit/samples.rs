//! Samples of numbers as training data.

use crate::data::Samples;
use nalgebra::SVector;
use nn_core::train::{Dataset, Mismatch};
use nn_core::{Real, Scalar};

fn write_input<T: Scalar, I: Real>(set: &Samples, index: usize, x: &mut I::Array<T>) {
    for (x, value) in I::scalars_mut::<T>(std::slice::from_mut(x)).iter_mut().zip(set.features(index)) {
        *x = T::from_f64(f64::from(*value));
    }
}

fn check_shape<I: Real>(set: &Samples) -> Result<(), Mismatch> {
    let sample = set.dims().iter().product();
    if sample == I::DIMS.elements() { Ok(()) } else { Err(Mismatch { sample, input: I::DIMS }) }
}

/// For losses on class indices. A set with numbers as targets has none: a label that every loss refuses.
impl<T: Scalar, I: Real> Dataset<T, I, u32> for Samples {
    fn len(&self) -> usize {
        Samples::len(self)
    }
    fn input(&self, index: usize, x: &mut I::Array<T>) {
        write_input::<T, I>(self, index, x);
    }
    fn target(&self, index: usize, y: &mut u32) {
        *y = self.label(index).map_or(u32::MAX, |label| label as u32);
    }
    fn check(&self) -> Result<(), Mismatch> {
        check_shape::<I>(self)
    }
}

/// For losses on numbers, one-hot or not.
impl<T: Scalar, I: Real, const C: usize> Dataset<T, I, SVector<T, C>> for Samples {
    fn len(&self) -> usize {
        Samples::len(self)
    }
    fn input(&self, index: usize, x: &mut I::Array<T>) {
        write_input::<T, I>(self, index, x);
    }
    /// Numbers, if there are as many as outputs; classes as a one-hot vector, or as 0 and 1 for one output and two classes. Where that
    /// does not fit, NaN, which every loss refuses.
    fn target(&self, index: usize, y: &mut SVector<T, C>) {
        let mut numbers = [0.0; C];
        self.targets().write(index, &mut numbers);
        y.iter_mut().zip(numbers).for_each(|(y, number)| *y = T::from_f64(f64::from(number)));
    }
    fn check(&self) -> Result<(), Mismatch> {
        check_shape::<I>(self)
    }
}
