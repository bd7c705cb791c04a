//! Each step gives out the step before it: the smallest layer with a memory.

use super::parameterless;
use crate::layer::{Layer, Pass, Stream, Training};
use crate::scalar::Scalar;
use crate::shape::Seq;
use crate::simd::Simd;
use nalgebra::{SMatrix, SVector};

#[cfg(test)]
mod tests;

parameterless!(
    /// `y[t] = x[t - 1]` along time; `y[0]` is zero, or what the stream before it ended with.
    Delay
);

impl<T: Scalar, const TIME: usize, const F: usize> Layer<T, Seq<TIME, F>, Seq<TIME, F>> for Delay {
    type Options = ();
    type Scratch<const B: usize> = ();
    /// The last step.
    type State = SVector<T, F>;
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, _: S, _: &(), x: &SMatrix<T, F, TIME>, y: &mut SMatrix<T, F, TIME>, _: &mut ()) {
        let (x, y) = (x.as_slice(), y.as_mut_slice());
        let (first, rest) = y.split_at_mut(F.min(TIME * F));
        first.fill(T::ZERO);
        rest.copy_from_slice(&x[..rest.len()]);
    }

    fn backward<const B: usize>(&self, _: &(), pass: Pass<'_, T, Seq<TIME, F>, Seq<TIME, F>>, _: &mut (), _: &mut Self, _: &Training<'_>) {
        for sample in pass.samples() {
            let Some(dx) = sample.dx else { return };
            let last = (TIME * F).saturating_sub(F);
            dx.as_mut_slice()[..last].copy_from_slice(&sample.dy.as_slice()[F.min(TIME * F)..]);
            dx.as_mut_slice()[last..].fill(T::ZERO);
        }
    }
}

impl<T: Scalar, const TIME: usize, const F: usize> Stream<T, Seq<TIME, F>, Seq<TIME, F>> for Delay {
    #[inline(always)]
    fn advance<S: Simd>(&self, _: S, _: &(), x: &SVector<T, F>, y: &mut SVector<T, F>, state: &mut SVector<T, F>, _: &mut ()) {
        y.as_mut_slice().copy_from_slice(state.as_slice());
        state.as_mut_slice().copy_from_slice(x.as_slice());
    }
}
