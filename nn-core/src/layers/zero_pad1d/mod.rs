//! Zeros before and after a sequence.

use super::parameterless;
use super::sides::{SidesOptions, cut, surround};
use crate::layer::{Layer, Pass, Training};
use crate::scalar::Scalar;
use crate::shape::{Dims, Seq};
use crate::simd::Simd;
use nalgebra::SMatrix;

#[cfg(test)]
mod tests;

parameterless!(
    /// `[time, features]` with steps of zeros before and after it.
    ZeroPad1d
);

impl<T: Scalar, const TIME: usize, const F: usize, const OUTPUTS: usize> Layer<T, Seq<TIME, F>, Seq<OUTPUTS, F>> for ZeroPad1d {
    /// The sides are `[before, after, 0, 0]`.
    type Options = SidesOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(
        &self,
        _: S,
        options: &SidesOptions,
        x: &SMatrix<T, F, TIME>,
        y: &mut SMatrix<T, F, OUTPUTS>,
        _: &mut (),
    ) {
        // A sequence is an image one step wide.
        surround(options, [Dims::image(OUTPUTS, 1, F), Dims::image(TIME, 1, F)], x.as_slice(), y.as_mut_slice());
    }

    fn backward<const B: usize>(
        &self,
        options: &SidesOptions,
        pass: Pass<'_, T, Seq<TIME, F>, Seq<OUTPUTS, F>>,
        _: &mut (),
        _: &mut Self,
        _: &Training<'_>,
    ) {
        for sample in pass.samples() {
            let Some(dx) = sample.dx else { return };
            cut(options, [Dims::image(OUTPUTS, 1, F), Dims::image(TIME, 1, F)], sample.dy.as_slice(), dx.as_mut_slice());
        }
    }
}
