//! Zeros around an image.

use super::parameterless;
use super::sides::{SidesOptions, cut, surround};
use crate::layer::{Layer, Pass, Training};
use crate::memory::{flat, flat_mut};
use crate::scalar::Scalar;
use crate::shape::{Image, Shape};
use crate::simd::Simd;
use nalgebra::SMatrix;

#[cfg(test)]
mod tests;

parameterless!(
    /// `[h, w, channels]` with rows and columns of zeros around it.
    ZeroPad2d
);

impl<T: Scalar, const H: usize, const W: usize, const C: usize, const OH: usize, const OW: usize> Layer<T, Image<H, W, C>, Image<OH, OW, C>>
    for ZeroPad2d
{
    type Options = SidesOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(
        &self,
        _: S,
        options: &SidesOptions,
        x: &[SMatrix<T, C, W>; H],
        y: &mut [SMatrix<T, C, OW>; OH],
        _: &mut (),
    ) {
        surround(options, [Image::<OH, OW, C>::DIMS, Image::<H, W, C>::DIMS], flat::<T, _>(x), flat_mut(y));
    }

    fn backward<const B: usize>(
        &self,
        options: &SidesOptions,
        pass: Pass<'_, T, Image<H, W, C>, Image<OH, OW, C>>,
        _: &mut (),
        _: &mut Self,
        _: &Training<'_>,
    ) {
        for sample in pass.samples() {
            let Some(dx) = sample.dx else { return };
            cut(options, [Image::<OH, OW, C>::DIMS, Image::<H, W, C>::DIMS], flat::<T, _>(sample.dy), flat_mut(dx));
        }
    }
}
