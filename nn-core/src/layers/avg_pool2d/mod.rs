//! The mean of each window of an image.

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
    /// `[h, w, channels]` to the mean of each channel in each window.
    AvgPool2d
);

/// How many values a mean is of: those of the window's part inside, or of all of it.
#[inline(always)]
fn count<T: Scalar>(windows: &Windows, all: bool, rows: (usize, usize), columns: (usize, usize)) -> T {
    T::from_usize(if all { windows.rows.taps * windows.columns.taps } else { (rows.1 * columns.1).max(1) })
}

/// The means of windows; the zeros of the padding count if `all`.
#[inline(always)]
pub(super) fn means<T: Scalar>(windows: &Windows, all: bool, x: &[T], y: &mut [T]) {
    windows.each(|at, rows, columns| {
        let Some(y) = y.get_mut(at..at + windows.channels) else { return };
        y.fill(T::ZERO);
        for pixel in windows.pixels(rows, columns).filter_map(|at| x.get(at..at + windows.channels)) {
            for (y, x) in y.iter_mut().zip(pixel) {
                *y += *x;
            }
        }
        let count = count::<T>(windows, all, rows, columns);
        for y in y {
            *y /= count;
        }
    });
}

/// The gradients of inputs, on all threads.
pub(super) fn shares<T: Scalar>(executor: &dyn Executor, windows: &Windows, all: bool, dy: &[T], dx: &mut [T]) {
    let (from, to) = windows.lens();
    for_rows(executor, dx, from, 1, &|first, dx| {
        for (i, dx) in dx.chunks_exact_mut(from).enumerate() {
            dx.fill(T::ZERO);
            add_shares(windows, all, &dy[(first + i) * to..][..to], dx);
        }
    });
}

/// Adds to the gradient of each input its share of the means it is in.
fn add_shares<T: Scalar>(windows: &Windows, all: bool, dy: &[T], dx: &mut [T]) {
    windows.each(|at, rows, columns| {
        let (count, dy) = (count::<T>(windows, all, rows, columns), &dy[at..][..windows.channels]);
        for pixel in windows.pixels(rows, columns) {
            for (dx, dy) in dx[pixel..][..windows.channels].iter_mut().zip(dy) {
                *dx += *dy / count;
            }
        }
    });
}

impl<T: Scalar, const H: usize, const W: usize, const C: usize, const OH: usize, const OW: usize> Layer<T, Image<H, W, C>, Image<OH, OW, C>>
    for AvgPool2d
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
        let windows = options.windows(Image::<H, W, C>::DIMS, Image::<OH, OW, C>::DIMS);
        means(&windows, options.count_padding, flat(x), flat_mut(y));
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
        shares(training.executor, &windows, options.count_padding, flat::<T, _>(pass.dy), flat_mut(dx));
    }
}
