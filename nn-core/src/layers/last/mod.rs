//! The last step of a sequence, and the first one.

use super::parameterless;
use crate::layer::{Layer, Pass, Stream, Training};
use crate::memory::copy;
use crate::scalar::Scalar;
use crate::shape::{Flat, Seq, Shape, Timed};
use crate::simd::Simd;
use nalgebra::SVector;

#[cfg(test)]
mod tests;

parameterless!(
    /// `[time, features]` to the features of the last step, `[h, w, channels]` to the last row.
    Last,
    /// `[time, features]` to the features of the first step, `[h, w, channels]` to the first row.
    First
);

/// `Layer` of one that gives out the step which `$step` finds in a slice of steps.
macro_rules! picks {
    ($layer:ident, $step:ident, $step_mut:ident) => {
        impl<T: Scalar, I: Timed> Layer<T, I, I::Frame> for $layer {
            type Options = ();
            type Scratch<const B: usize> = ();
            type State = ();
            type Cache<const B: usize> = ();

            #[inline(always)]
            fn forward<S: Simd, const B: usize>(&self, _: S, _: &(), x: &I::Array<T>, y: &mut <I::Frame as Shape>::Array<T>, _: &mut ()) {
                if let Some(step) = I::steps::<T>(core::slice::from_ref(x)).$step() {
                    copy(step, y);
                }
            }

            fn backward<const B: usize>(&self, _: &(), pass: Pass<'_, T, I, I::Frame>, _: &mut (), _: &mut Self, _: &Training<'_>) {
                for sample in pass.samples() {
                    let Some(dx) = sample.dx else { return };
                    I::scalars_mut::<T>(core::slice::from_mut(dx)).fill(T::ZERO);
                    if let Some(step) = I::steps_mut::<T>(core::slice::from_mut(dx)).$step_mut() {
                        copy(&*sample.dy, step);
                    }
                }
            }
        }
    };
}
picks!(Last, last, last_mut);
picks!(First, first, first_mut);

impl<T: Scalar, const TIME: usize, const F: usize> Stream<T, Seq<TIME, F>, Flat<F>> for Last {
    #[inline(always)]
    fn advance<S: Simd>(&self, _: S, _: &(), x: &SVector<T, F>, y: &mut SVector<T, F>, _: &mut (), _: &mut ()) {
        copy(x, y);
    }
}
