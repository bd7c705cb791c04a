//! Mean squared error.

use super::{Loss, TargetError, elements, elements_mut, target};
use crate::activation::Activation;
use crate::scalar::Scalar;
use crate::shape::Real;

/// `mean((y - t)^2)` over the elements of the output, Keras's `MeanSquaredError`. For regression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MeanSquaredError;

impl<T: Scalar, O: Real> Loss<T, O> for MeanSquaredError {
    type Target = O::Array<T>;

    fn check(&self, target: &Self::Target) -> Result<(), TargetError> {
        target::finite(elements::<T, O>(target))
    }

    fn sample(&self, head: Activation, z: &O::Array<T>, target: &Self::Target, dz: &mut O::Array<T>) -> T {
        let (z, t, dz) = (elements::<T, O>(z), elements::<T, O>(target), elements_mut::<T, O>(dz));
        let row = O::DIMS.last();
        dz.copy_from_slice(z);
        head.apply(row, dz);
        let loss = dz.iter().zip(t).map(|(y, t)| square(*y, *t)).sum::<f64>();
        let factor = T::from_f64(2.0 / z.len().max(1) as f64);
        head.chain(row, z, dz, &|first, y, dy| {
            for ((dy, y), t) in dy.iter_mut().zip(y).zip(&t[first..]) {
                *dy = factor * (*y - *t);
            }
        });
        T::from_f64(loss / z.len().max(1) as f64)
    }

    fn value(&self, head: Activation, z: &O::Array<T>, target: &Self::Target) -> T {
        let (z, t) = (elements::<T, O>(z), elements::<T, O>(target));
        let mut loss = 0.0;
        head.stream(O::DIMS.last(), z, &mut |first, y| y.iter().zip(&t[first..]).for_each(|(y, t)| loss += square(*y, *t)));
        T::from_f64(loss / z.len().max(1) as f64)
    }
}

/// In `f64`, where no square of an `f32` overflows.
#[inline(always)]
fn square<T: Scalar>(y: T, t: T) -> f64 {
    let error = (y - t).to_f64();
    error * error
}
