//! An image made larger.

use super::parameterless;
use crate::layer::{Layer, Pass, Training};
use crate::memory::{flat, flat_mut};
use crate::scalar::Scalar;
use crate::shape::{Image, Shape};
use crate::simd::Simd;
use nalgebra::SMatrix;

#[cfg(test)]
mod tests;

/// What stands between the pixels of a smaller image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// The pixel it falls into.
    Nearest,
    /// Linearly from the centre of one pixel to the centre of the next; beyond the outermost centres their values.
    Bilinear,
}

/// Options of [`UpSample2d`].
#[derive(Clone, Copy, Debug)]
pub struct UpSample2dOptions {
    /// The factors of height and width.
    pub size: [usize; 2],
    /// What stands between the pixels. Default: [`Interpolation::Nearest`].
    pub interpolation: Interpolation,
}

impl UpSample2dOptions {
    /// Keras's defaults.
    pub const DEFAULT: Self = Self { size: [2, 2], interpolation: Interpolation::Nearest };

    /// The two inputs between which an output of an axis lies, and the share of the second.
    #[inline(always)]
    fn between<T: Scalar>(&self, axis: usize, inputs: usize, output: usize) -> (usize, usize, T) {
        let factor = self.size[axis].max(1);
        if self.interpolation == Interpolation::Nearest {
            return (output / factor, output / factor, T::ZERO);
        }
        // In units of half an output: the centre of the output, less that of the first input.
        let (at, unit) = ((2 * output + 1).saturating_sub(factor), 2 * factor);
        let (first, last) = (at / unit, inputs.saturating_sub(1));
        if first >= last { (last, last, T::ZERO) } else { (first, first + 1, T::from_usize(at % unit) / T::from_usize(unit)) }
    }

    /// Calls `visit(output, input, share)` for each pixel of the output and each of the input that has a share in it.
    #[inline(always)]
    fn each<T: Scalar>(&self, from: [usize; 2], to: [usize; 2], mut visit: impl FnMut(usize, usize, T)) {
        for row in 0..to[0] {
            let (top, bottom, low) = self.between::<T>(0, from[0], row);
            for column in 0..to[1] {
                let (left, right, far) = self.between::<T>(1, from[1], column);
                for (y, down) in [(top, T::ONE - low), (bottom, low)] {
                    for (x, across) in [(left, T::ONE - far), (right, far)] {
                        if down > T::ZERO && across > T::ZERO {
                            visit(row * to[1] + column, y * from[1] + x, down * across);
                        }
                    }
                }
            }
        }
    }
}

parameterless!(
    /// `[h, w, channels]` larger by whole factors.
    UpSample2d
);

/// `to += share * from`, for pixel `i` of one image and pixel `j` of the other.
#[inline(always)]
fn add<T: Scalar>(channels: usize, from: &[T], i: usize, share: T, to: &mut [T], j: usize) {
    let (i, j) = (i * channels, j * channels);
    if let (Some(from), Some(to)) = (from.get(i..i + channels), to.get_mut(j..j + channels)) {
        for (to, from) in to.iter_mut().zip(from) {
            *to += share * *from;
        }
    }
}

impl<T: Scalar, const H: usize, const W: usize, const C: usize, const OH: usize, const OW: usize> Layer<T, Image<H, W, C>, Image<OH, OW, C>>
    for UpSample2d
{
    type Options = UpSample2dOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    const MACS: u64 = Image::<OH, OW, C>::DIMS.elements() as u64;

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(
        &self,
        _: S,
        options: &UpSample2dOptions,
        x: &[SMatrix<T, C, W>; H],
        y: &mut [SMatrix<T, C, OW>; OH],
        _: &mut (),
    ) {
        let (x, y) = (flat::<T, _>(x), flat_mut::<T, _>(y));
        y.fill(T::ZERO);
        options.each([H, W], [OH, OW], |output, input, share| add(C, x, input, share, y, output));
    }

    fn backward<const B: usize>(
        &self,
        options: &UpSample2dOptions,
        pass: Pass<'_, T, Image<H, W, C>, Image<OH, OW, C>>,
        _: &mut (),
        _: &mut Self,
        _: &Training<'_>,
    ) {
        for sample in pass.samples() {
            let Some(dx) = sample.dx else { return };
            let (dy, dx) = (flat::<T, _>(sample.dy), flat_mut::<T, _>(dx));
            dx.fill(T::ZERO);
            options.each([H, W], [OH, OW], |output, input, share| add(C, dy, output, share, dx, input));
        }
    }
}
