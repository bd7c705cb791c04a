//! The mean over time, or over height and width.

use super::parameterless;
use crate::layer::{Layer, Pass, Training};
use crate::scalar::Scalar;
use crate::shape::{Flat, LastAxis, Seq, Tokens};
use crate::simd::Simd;
use nalgebra::{SMatrix, SVector};

#[cfg(test)]
mod tests;

parameterless!(
    /// `[time, features]` or `[height, width, channels]` to the mean of each feature or channel; with the ids of the steps of a sequence, over
    /// those whose id is not 0. The mean of no steps is 0.
    GlobalAvgPool
);

impl<T: Scalar, I: LastAxis<N>, const N: usize> Layer<T, I, Flat<N>> for GlobalAvgPool {
    type Options = ();
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, _: S, _: &(), x: &I::Array<T>, y: &mut SVector<T, N>, _: &mut ()) {
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

/// The number of steps that are no padding.
fn steps<T: Scalar>(ids: &[u32]) -> T {
    T::from_usize(ids.iter().filter(|id| **id != 0).count())
}

impl<T: Scalar, const TIME: usize, const N: usize> Layer<T, (Seq<TIME, N>, Tokens<TIME>), Flat<N>> for GlobalAvgPool {
    type Options = ();
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(
        &self,
        _: S,
        _: &(),
        (x, ids): (&SMatrix<T, N, TIME>, &[u32; TIME]),
        y: &mut SVector<T, N>,
        _: &mut (),
    ) {
        y.fill(T::ZERO);
        let count = steps::<T>(ids);
        if count == T::ZERO {
            return;
        }
        for (row, _) in x.as_slice().chunks_exact(N.max(1)).zip(ids).filter(|(_, id)| **id != 0) {
            y.iter_mut().zip(row).for_each(|(y, x)| *y += *x);
        }
        y.iter_mut().for_each(|y| *y /= count);
    }

    fn backward<const B: usize>(
        &self,
        _: &(),
        pass: Pass<'_, T, (Seq<TIME, N>, Tokens<TIME>), Flat<N>>,
        _: &mut (),
        _: &mut Self,
        _: &Training<'_>,
    ) {
        let Some(dx) = pass.dx.0 else { return };
        for ((dx, ids), dy) in dx.iter_mut().zip(pass.x.1).zip(&*pass.dy) {
            let count = steps::<T>(ids);
            for (row, id) in dx.as_mut_slice().chunks_exact_mut(N.max(1)).zip(ids) {
                for (dx, dy) in row.iter_mut().zip(dy.iter()) {
                    *dx = if *id == 0 { T::ZERO } else { *dy / count };
                }
            }
        }
    }
}
