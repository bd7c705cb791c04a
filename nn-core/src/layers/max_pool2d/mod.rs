//! The largest value in each window of an image.

use super::parameterless;
use super::pool::{Pool2dOptions, Windows};
use crate::executor::{Executor, for_rows};
use crate::layer::{Layer, Pass, Training};
use crate::memory::{flat, flat_mut};
use crate::scalar::Scalar;
use crate::shape::{Image, Shape};
use crate::simd::Simd;
use nalgebra::SMatrix;

#[cfg(test)]
mod tests;

parameterless!(
    /// `[h, w, channels]` to the largest value of each channel in each window. NaN in, NaN out.
    ///
    /// The gradient goes to the first of the largest values, in the order of memory, as in PyTorch.
    MaxPool2d
);

/// The largest values of windows, of which each covers at least one pixel.
#[inline(always)]
pub(super) fn largest<T: Scalar>(windows: &Windows, x: &[T], y: &mut [T]) {
    windows.each(|at, rows, columns| {
        let Some(y) = y.get_mut(at..at + windows.channels) else { return };
        let mut pixels = windows.pixels(rows, columns).filter_map(|at| x.get(at..at + windows.channels));
        let Some(first) = pixels.next() else { return y.fill(T::ZERO) };
        y.copy_from_slice(first);
        for pixel in pixels {
            for (y, x) in y.iter_mut().zip(pixel) {
                *y = y.maximum(*x);
            }
        }
    });
}

/// The gradients of inputs, on all threads.
pub(super) fn slopes<T: Scalar>(executor: &dyn Executor, windows: &Windows, x: &[T], y: &[T], dy: &[T], dx: &mut [T]) {
    let (from, to) = windows.lens();
    for_rows(executor, dx, from, 1, &|first, dx| {
        for (i, dx) in dx.chunks_exact_mut(from).enumerate() {
            let (x, at) = (&x[(first + i) * from..][..from], (first + i) * to);
            dx.fill(T::ZERO);
            add_slopes(windows, x, &y[at..][..to], &dy[at..][..to], dx);
        }
    });
}

/// Adds the gradient of each largest value to that of the first input which has it.
fn add_slopes<T: Scalar>(windows: &Windows, x: &[T], y: &[T], dy: &[T], dx: &mut [T]) {
    windows.each(|at, rows, columns| {
        for channel in 0..windows.channels {
            let y = y[at + channel];
            let same = |x: T| x == y || x.is_nan() && y.is_nan();
            if let Some(pixel) = windows.pixels(rows, columns).find(|pixel| same(x[pixel + channel])) {
                dx[pixel + channel] += dy[at + channel];
            }
        }
    });
}

impl<T: Scalar, const H: usize, const W: usize, const C: usize, const OH: usize, const OW: usize> Layer<T, Image<H, W, C>, Image<OH, OW, C>>
    for MaxPool2d
{
    type Options = Pool2dOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(
        &self,
        _: S,
        options: &Pool2dOptions,
        x: &[SMatrix<T, C, W>; H],
        y: &mut [SMatrix<T, C, OW>; OH],
        _: &mut (),
    ) {
        largest(&options.windows(Image::<H, W, C>::DIMS, Image::<OH, OW, C>::DIMS), flat(x), flat_mut(y));
    }

    fn backward<const B: usize>(
        &self,
        options: &Pool2dOptions,
        pass: Pass<'_, T, Image<H, W, C>, Image<OH, OW, C>>,
        _: &mut (),
        _: &mut Self,
        training: &Training<'_>,
    ) {
        let Some(dx) = pass.dx else { return };
        let windows = options.windows(Image::<H, W, C>::DIMS, Image::<OH, OW, C>::DIMS);
        slopes(training.executor, &windows, flat::<T, _>(pass.x), flat(pass.y), flat(pass.dy), flat_mut(dx));
    }
}
