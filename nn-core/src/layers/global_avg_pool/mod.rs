//! The mean over time, or over height and width.

use super::parameterless;
use crate::layer::{Layer, Pass, Training};
use crate::scalar::Scalar;
use crate::shape::{Flat, LastAxis};
use crate::simd::Simd;

#[cfg(test)]
mod tests;

parameterless!(
    /// `[time, features]` or `[height, width, channels]` to the mean of each feature or channel.
    GlobalAvgPool
);

impl<T: Scalar, I: LastAxis<N>, const N: usize> Layer<T, I, Flat<N>> for GlobalAvgPool {
    type Options = ();
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, _: S, _: &(), x: &I::Array<T>, y: &mut nalgebra::SVector<T, N>, _: &mut ()) {
        let x = I::scalars::<T>(core::slice::from_ref(x));
        let y = y.as_mut_slice();
        y.fill(T::ZERO);
        for row in x.chunks_exact(N) {
            for (y, x) in y.iter_mut().zip(row) {
                *y += *x;
            }
        }
        let count = T::from_usize(x.len() / N);
        for y in y {
            *y /= count;
        }
    }

    fn backward<const B: usize>(&self, _: &(), pass: Pass<'_, T, I, Flat<N>>, _: &mut (), _: &mut Self, _: &Training<'_>) {
        let count = T::from_usize(I::DIMS.elements() / N);
        for sample in pass.samples() {
            let Some(dx) = sample.dx else { return };
            for row in I::scalars_mut::<T>(core::slice::from_mut(dx)).chunks_exact_mut(N) {
                for (dx, dy) in row.iter_mut().zip(sample.dy.iter()) {
                    *dx = *dy / count;
                }
            }
        }
    }
}
