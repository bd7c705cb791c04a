//! The sum of two values: the end of a residual branch.

use super::parameterless;
use crate::layer::{Layer, Pass, Stream, Training};
use crate::scalar::Scalar;
use crate::shape::{Real, Shape};
use crate::simd::Simd;

#[cfg(test)]
mod tests;

parameterless!(
    /// Adds an earlier value of the same shape: `Add(name)`.
    Add
);

#[inline(always)]
fn sum<T: Scalar, S: Real>((a, b): (&S::Array<T>, &S::Array<T>), y: &mut S::Array<T>) {
    let (a, b) = (S::scalars::<T>(core::slice::from_ref(a)), S::scalars::<T>(core::slice::from_ref(b)));
    for ((y, a), b) in S::scalars_mut::<T>(core::slice::from_mut(y)).iter_mut().zip(a).zip(b) {
        *y = *a + *b;
    }
}

impl<T: Scalar, S: Real> Layer<T, (S, S), S> for Add {
    type Options = ();
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<I: Simd, const B: usize>(&self, _: I, _: &(), x: (&S::Array<T>, &S::Array<T>), y: &mut S::Array<T>, _: &mut ()) {
        sum::<T, S>(x, y);
    }

    fn backward<const B: usize>(&self, _: &(), pass: Pass<'_, T, (S, S), S>, _: &mut (), _: &mut Self, _: &Training<'_>) {
        let dy = S::scalars::<T>(pass.dy);
        for dx in [pass.dx.0, pass.dx.1].into_iter().flatten() {
            S::scalars_mut::<T>(dx).copy_from_slice(dy);
        }
    }
}

impl<T: Scalar, S: Real<Frame: Real>> Stream<T, (S, S), S> for Add {
    #[inline(always)]
    fn advance<I: Simd>(
        &self,
        _: I,
        _: &(),
        x: (&<S::Frame as Shape>::Array<T>, &<S::Frame as Shape>::Array<T>),
        y: &mut <S::Frame as Shape>::Array<T>,
        _: &mut (),
        _: &mut (),
    ) {
        sum::<T, S::Frame>(x, y);
    }
}
