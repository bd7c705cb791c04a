//! Pipelines as training data.

use crate::data::{Pipeline, Source};
use nalgebra::SVector;
use nn_core::train::{Dataset, Mismatch};
use nn_core::{Real, Scalar};

fn put<T: Scalar, I: Real>(x: &mut I::Array<T>, sample: &[f32]) {
    for (x, value) in I::scalars_mut::<T>(std::slice::from_mut(x)).iter_mut().zip(sample) {
        *x = T::from_f64(f64::from(*value));
    }
}

macro_rules! dataset {
    ([$($generics:tt)*] $target:ty, |$source:ident, $index:ident, $y:ident| $write:expr) => {
        impl<T: Scalar, I: Real, S: Source, $($generics)*> Dataset<T, I, $target> for Pipeline<S> {
            fn len(&self) -> usize {
                self.source().len()
            }
            fn input(&self, index: usize, x: &mut I::Array<T>) {
                self.plain(index, &mut |sample| put::<T, I>(x, sample));
            }
            fn training_input(&self, step: u64, index: usize, x: &mut I::Array<T>) {
                self.augmented(step, index, &mut |sample| put::<T, I>(x, sample));
            }
            fn upcoming(&self, first: u64, batch: usize, order: &[usize]) {
                Pipeline::upcoming(self, first, batch, order);
            }
            fn target(&self, $index: usize, $y: &mut $target) {
                let $source = self.source();
                $write;
            }
            fn check(&self) -> Result<(), Mismatch> {
                let sample = self.dims().iter().product();
                if sample == I::DIMS.elements() { Ok(()) } else { Err(Mismatch { sample, input: I::DIMS }) }
            }
        }
    };
}

dataset!([] u32, |source, index, y| *y = source.label(index));
dataset!([const C: usize] SVector<T, C>, |source, index, y| {
    let mut numbers = [0.0; C];
    source.target(index, &mut numbers);
    y.iter_mut().zip(numbers).for_each(|(y, number)| *y = T::from_f64(f64::from(number)));
});
