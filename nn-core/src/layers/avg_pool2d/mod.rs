//! The mean of each window of an image.

use super::max_pool2d::load;
use super::parameterless;
use super::pool::{Pixels, Pool2dOptions, Visit, Windows, add};
use crate::executor::{Executor, for_rows};
use crate::kernels::cut;
use crate::layer::{Layer, Pass, Training, each_sample};
use crate::memory::{flat, flat_mut};
use crate::scalar::Scalar;
use crate::shape::{Image, Shape};
use crate::simd::{Kernel, Simd, Vector, dispatch};
use nalgebra::SMatrix;

#[cfg(test)]
mod tests;

parameterless!(
    /// `[h, w, channels]` to the mean of each channel in each window.
    AvgPool2d
);

/// How many values a mean is of: those of the window's part inside, or of all of it.
#[inline(always)]
fn count<T: Scalar>(windows: &Windows, all: bool, [rows, columns]: [usize; 2]) -> T {
    T::from_usize(if all { windows.rows.taps * windows.columns.taps } else { (rows * columns).max(1) })
}

/// The means of windows; the zeros of the padding count if `all`.
#[inline(always)]
pub(super) fn means<S: Simd, T: Scalar>(simd: S, windows: &Windows, all: bool, x: &[T], y: &mut [T]) {
    windows.registers(T::Vector::<S>::LANES, Means { simd, windows, all, x, y });
}

struct Means<'a, S, T> {
    simd: S,
    windows: &'a Windows,
    all: bool,
    x: &'a [T],
    y: &'a mut [T],
}

impl<S: Simd, T: Scalar> Visit for Means<'_, S, T> {
    #[inline(always)]
    fn register(&mut self, output: usize, _: usize, pixels: Pixels) {
        let mut sum = T::Vector::<S>::splat(self.simd, T::ZERO);
        for row in 0..pixels.size[0] {
            for column in 0..pixels.size[1] {
                sum = sum + load(self.simd, self.x, pixels.at(row, column));
            }
        }
        let mean = sum / T::Vector::<S>::splat(self.simd, count(self.windows, self.all, pixels.size));
        mean.store(self.y.get_mut(output..).unwrap_or_default());
    }
}

/// The gradients of inputs, on all threads.
pub(super) fn shares<T: Scalar>(executor: &dyn Executor, windows: &Windows, all: bool, dy: &[T], dx: &mut [T]) {
    let (from, to) = windows.lens();
    for_rows(executor, dx, from, 1, &|first, dx| {
        let samples = dx.len() / from.max(1);
        dispatch(Shares { windows, all, dy: &dy[first * to..][..samples * to], dx });
    });
}

/// The gradients of some samples.
struct Shares<'a, T> {
    windows: &'a Windows,
    all: bool,
    dy: &'a [T],
    dx: &'a mut [T],
}

impl<T: Scalar> Kernel for Shares<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { windows, all, dy, dx } = self;
        let (from, to) = windows.lens();
        for (dx, dy) in dx.chunks_exact_mut(from.max(1)).zip(dy.chunks_exact(to.max(1))) {
            windows.clear(dx);
            windows.registers(T::Vector::<S>::LANES, AddShares { simd, windows, tile: windows.tile(), all, dy, dx });
        }
    }
}

/// Adds to the gradient of each input its share of the means it is in.
struct AddShares<'a, S, T> {
    simd: S,
    windows: &'a Windows,
    tile: bool,
    all: bool,
    dy: &'a [T],
    dx: &'a mut [T],
}

impl<S: Simd, T: Scalar> Visit for AddShares<'_, S, T> {
    #[inline(always)]
    fn register(&mut self, output: usize, channels: usize, pixels: Pixels) {
        let count = T::Vector::<S>::splat(self.simd, count(self.windows, self.all, pixels.size));
        let share = T::Vector::<S>::load(self.simd, cut(self.dy, output, channels)) / count;
        for row in 0..pixels.size[0] {
            for column in 0..pixels.size[1] {
                add(self.simd, self.tile, self.dx, pixels.at(row, column), channels, share);
            }
        }
    }
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
        simd: S,
        options: &Pool2dOptions,
        x: &[SMatrix<T, C, W>; H],
        y: &mut [SMatrix<T, C, OW>; OH],
        _: &mut (),
    ) {
        let windows = options.windows(Image::<H, W, C>::DIMS, Image::<OH, OW, C>::DIMS);
        means(simd, &windows, options.count_padding, flat(x), flat_mut(y));
    }

    fn forward_batch<const B: usize>(
        &self,
        options: &Pool2dOptions,
        x: &[[SMatrix<T, C, W>; H]],
        y: &mut [[SMatrix<T, C, OW>; OH]],
        _: &mut (),
        executor: &dyn Executor,
    ) {
        each_sample::<T, Image<H, W, C>, Image<OH, OW, C>, Self, B>(self, options, x, y, executor);
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
