//! Fixed positions (Vaswani et al. 2017).

use super::parameterless;
use super::rotation::{Angles, next};
use crate::layer::{Layer, Pass, Stream, Training};
use crate::memory::zero;
use crate::scalar::Scalar;
use crate::shape::Seq;
use crate::simd::Simd;
use nalgebra::{SMatrix, SVector};

#[cfg(test)]
mod tests;

parameterless!(
    /// Adds to step `t` of a sequence `sin(t w)` in its even features and `cos(t w)` in its odd ones, with `w = 10000^(-2 j / F)` for
    /// features `2 j` and `2 j + 1`.
    SinusoidalPositions
);

#[inline(always)]
fn add<T: Scalar, const F: usize>(angles: &Angles<F>, x: &[T], y: &mut [T]) {
    let pairs = x.chunks(2).zip(y.chunks_mut(2));
    for ((x, y), (sine, rest)) in pairs.zip(angles[0].iter().zip(&angles[1])) {
        for ((x, y), position) in x.iter().zip(y).zip([*sine, 1.0 + *rest]) {
            *y = *x + T::from_f64(position);
        }
    }
}

impl<T: Scalar, const TIME: usize, const F: usize> Layer<T, Seq<TIME, F>, Seq<TIME, F>> for SinusoidalPositions {
    type Options = ();
    /// The angles of a step.
    type Scratch<const B: usize> = Angles<F>;
    /// Those of the next step.
    type State = Angles<F>;
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, _: S, _: &(), x: &SMatrix<T, F, TIME>, y: &mut SMatrix<T, F, TIME>, angles: &mut Angles<F>) {
        zero(angles);
        for (x, y) in x.as_slice().chunks_exact(F.max(1)).zip(y.as_mut_slice().chunks_exact_mut(F.max(1))) {
            add(angles, x, y);
            next(angles);
        }
    }

    fn backward<const B: usize>(&self, _: &(), pass: Pass<'_, T, Seq<TIME, F>, Seq<TIME, F>>, _: &mut (), _: &mut Self, _: &Training<'_>) {
        if let Some(dx) = pass.dx {
            dx.copy_from_slice(pass.dy);
        }
    }
}

impl<T: Scalar, const TIME: usize, const F: usize> Stream<T, Seq<TIME, F>, Seq<TIME, F>> for SinusoidalPositions {
    #[inline(always)]
    fn advance<S: Simd>(&self, _: S, _: &(), x: &SVector<T, F>, y: &mut SVector<T, F>, angles: &mut Angles<F>, _: &mut Angles<F>) {
        add(angles, x.as_slice(), y.as_mut_slice());
        next(angles);
    }
}
