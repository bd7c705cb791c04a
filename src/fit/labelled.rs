//! Byte images as training data: pixels become numbers when a batch is filled.

use crate::data::Labelled;
use nalgebra::SVector;
use nn_core::train::{Dataset, Mismatch};
use nn_core::{Real, Scalar};

fn write_input<T: Scalar, I: Real>(set: &Labelled, index: usize, x: &mut I::Array<T>) {
    let factor = T::ONE / T::from_f64(f64::from(set.scale()));
    for (x, pixel) in I::scalars_mut::<T>(std::slice::from_mut(x)).iter_mut().zip(set.pixels(index)) {
        *x = T::from_f64(f64::from(*pixel)) * factor;
    }
}

fn check_shape<I: Real>(set: &Labelled) -> Result<(), Mismatch> {
    if set.features() == I::DIMS.elements() { Ok(()) } else { Err(Mismatch { sample: set.features(), input: I::DIMS }) }
}

/// For losses on class indices.
impl<T: Scalar, I: Real> Dataset<T, I, u32> for Labelled {
    fn len(&self) -> usize {
        Labelled::len(self)
    }
    fn input(&self, index: usize, x: &mut I::Array<T>) {
        write_input::<T, I>(self, index, x);
    }
    fn target(&self, index: usize, y: &mut u32) {
        *y = self.label(index) as u32;
    }
    fn check(&self) -> Result<(), Mismatch> {
        check_shape::<I>(self)
    }
}

/// For losses on one-hot targets.
impl<T: Scalar, I: Real, const C: usize> Dataset<T, I, SVector<T, C>> for Labelled {
    fn len(&self) -> usize {
        Labelled::len(self)
    }
    fn input(&self, index: usize, x: &mut I::Array<T>) {
        write_input::<T, I>(self, index, x);
    }
    /// A label beyond the last class gives no 1 at all: a target that every cross-entropy refuses.
    fn target(&self, index: usize, y: &mut SVector<T, C>) {
        let label = self.label(index);
        for (class, y) in y.iter_mut().enumerate() {
            *y = if class == label { T::ONE } else { T::ZERO };
        }
    }
    fn check(&self) -> Result<(), Mismatch> {
        check_shape::<I>(self)
    }
}
