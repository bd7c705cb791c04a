//! The largest value over time, or over height and width.

use super::max_pool2d::{load, maximum};
use super::parameterless;
use crate::layer::{Layer, Pass, Training};
use crate::scalar::Scalar;
use crate::shape::{Flat, LastAxis};
use crate::simd::{Simd, Vector};
use nalgebra::SVector;

#[cfg(test)]
mod tests;

parameterless!(
    /// `[time, features]` or `[height, width, channels]` to the largest value of each feature or channel. NaN in, NaN out.
    ///
    /// The gradient goes to the first of the largest values.
    GlobalMaxPool
);

impl<T: Scalar, I: LastAxis<N>, const N: usize> Layer<T, I, Flat<N>> for GlobalMaxPool {
    type Options = ();
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, simd: S, _: &(), x: &I::Array<T>, y: &mut SVector<T, N>, _: &mut ()) {
        let (x, lanes) = (I::scalars::<T>(core::slice::from_ref(x)), T::Vector::<S>::LANES);
        for (i, y) in y.as_mut_slice().chunks_mut(lanes).enumerate() {
            let mut largest = load(simd, x, i * lanes);
            for at in (i * lanes..x.len()).step_by(N) {
                largest = maximum::<S, T>(largest, load(simd, x, at));
            }
            largest.store(y);
        }
    }

    fn backward<const B: usize>(&self, _: &(), pass: Pass<'_, T, I, Flat<N>>, _: &mut (), _: &mut Self, _: &Training<'_>) {
        for sample in pass.samples() {
            let Some(dx) = sample.dx else { return };
            let (x, dx) = (I::scalars::<T>(core::slice::from_ref(sample.x)), I::scalars_mut::<T>(core::slice::from_mut(dx)));
            dx.fill(T::ZERO);
            for (feature, (y, dy)) in sample.y.iter().zip(sample.dy.iter()).enumerate() {
                let same = |x: T| x == *y || x.is_nan() && y.is_nan();
                let place = (feature..x.len()).step_by(N).find(|&i| same(x[i]));
                if let Some(place) = place {
                    dx[place] = *dy;
                }
            }
        }
    }
}
