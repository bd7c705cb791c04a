//! The steps in reverse order.

use super::parameterless;
use crate::layer::{Layer, Pass, Training};
use crate::memory::copy;
use crate::scalar::Scalar;
use crate::shape::Timed;
use crate::simd::Simd;

#[cfg(test)]
mod tests;

parameterless!(
    /// `[time, features]` or `[h, w, channels]`, the last step or row first.
    Reverse
);

impl<T: Scalar, I: Timed> Layer<T, I, I> for Reverse {
    type Options = ();
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, _: S, _: &(), x: &I::Array<T>, y: &mut I::Array<T>, _: &mut ()) {
        let (x, y) = (I::steps::<T>(core::slice::from_ref(x)), I::steps_mut::<T>(core::slice::from_mut(y)));
        for (x, y) in x.iter().zip(y.iter_mut().rev()) {
            copy(x, y);
        }
    }

    fn backward<const B: usize>(&self, _: &(), pass: Pass<'_, T, I, I>, _: &mut (), _: &mut Self, _: &Training<'_>) {
        for sample in pass.samples() {
            let Some(dx) = sample.dx else { return };
            let (dx, dy) = (I::steps_mut::<T>(core::slice::from_mut(dx)), I::steps::<T>(core::slice::from_ref(&*sample.dy)));
            for (dx, dy) in dx.iter_mut().zip(dy.iter().rev()) {
                copy(dy, dx);
            }
        }
    }
}
