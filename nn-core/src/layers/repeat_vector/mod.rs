//! A vector, several times in a row.

use super::parameterless;
use crate::layer::{Layer, Pass, Training};
use crate::memory::copy;
use crate::scalar::Scalar;
use crate::shape::{Flat, Seq, Timed};
use crate::simd::Simd;
use nalgebra::{SMatrix, SVector};

#[cfg(test)]
mod tests;

parameterless!(
    /// `[features]` at each of `TIME` steps.
    RepeatVector
);

impl<T: Scalar, const TIME: usize, const F: usize> Layer<T, Flat<F>, Seq<TIME, F>> for RepeatVector {
    type Options = ();
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, _: S, _: &(), x: &SVector<T, F>, y: &mut SMatrix<T, F, TIME>, _: &mut ()) {
        for y in Seq::<TIME, F>::steps_mut::<T>(core::slice::from_mut(y)) {
            copy(x, y);
        }
    }

    fn backward<const B: usize>(&self, _: &(), pass: Pass<'_, T, Flat<F>, Seq<TIME, F>>, _: &mut (), _: &mut Self, _: &Training<'_>) {
        for sample in pass.samples() {
            let Some(dx) = sample.dx else { return };
            dx.as_mut_slice().fill(T::ZERO);
            for dy in Seq::<TIME, F>::steps::<T>(core::slice::from_ref(&*sample.dy)) {
                dx.iter_mut().zip(dy.iter()).for_each(|(dx, dy)| *dx += *dy);
            }
        }
    }
}
