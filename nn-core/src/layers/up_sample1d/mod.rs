//! A sequence made longer.

use super::parameterless;
use crate::layer::{Layer, Pass, Training};
use crate::memory::copy;
use crate::scalar::Scalar;
use crate::shape::{Seq, Timed};
use crate::simd::Simd;
use nalgebra::SMatrix;

#[cfg(test)]
mod tests;

parameterless!(
    /// `[time, features]` with each step as often in a row as the output is longer.
    UpSample1d
);

/// How often a step comes.
const fn factor(time: usize, outputs: usize) -> usize {
    let factor = outputs / if time == 0 { 1 } else { time };
    if factor == 0 { 1 } else { factor }
}

impl<T: Scalar, const TIME: usize, const F: usize, const OUTPUTS: usize> Layer<T, Seq<TIME, F>, Seq<OUTPUTS, F>> for UpSample1d {
    type Options = ();
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, _: S, _: &(), x: &SMatrix<T, F, TIME>, y: &mut SMatrix<T, F, OUTPUTS>, _: &mut ()) {
        let x = Seq::<TIME, F>::steps::<T>(core::slice::from_ref(x));
        let y = Seq::<OUTPUTS, F>::steps_mut::<T>(core::slice::from_mut(y));
        for (x, y) in x.iter().zip(y.chunks_mut(factor(TIME, OUTPUTS))) {
            y.iter_mut().for_each(|y| copy(x, y));
        }
    }

    fn backward<const B: usize>(
        &self,
        _: &(),
        pass: Pass<'_, T, Seq<TIME, F>, Seq<OUTPUTS, F>>,
        _: &mut (),
        _: &mut Self,
        _: &Training<'_>,
    ) {
        let Some(dx) = pass.dx else { return };
        let (dx, dy) = (Seq::<TIME, F>::steps_mut::<T>(dx), Seq::<OUTPUTS, F>::steps::<T>(pass.dy));
        for (dx, dy) in dx.iter_mut().zip(dy.chunks(factor(TIME, OUTPUTS))) {
            dx.as_mut_slice().fill(T::ZERO);
            for dy in dy {
                dx.iter_mut().zip(dy.iter()).for_each(|(dx, dy)| *dx += *dy);
            }
        }
    }
}
