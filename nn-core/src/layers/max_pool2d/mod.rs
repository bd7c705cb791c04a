//! The largest value in each window of an image.

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
    /// `[h, w, channels]` to the largest value of each channel in each window. NaN in, NaN out.
    ///
    /// The gradient goes to the first of the largest values, in the order of memory, as in PyTorch.
    MaxPool2d
);

/// The larger of each pair; NaN if either is.
#[inline(always)]
pub(super) fn maximum<S: Simd, T: Scalar>(a: T::Vector<S>, b: T::Vector<S>) -> T::Vector<S> {
    T::Vector::<S>::select(a.eq(a), a.max(b), a)
}

/// The numbers from `at` on.
#[inline(always)]
pub(super) fn load<S: Simd, T: Scalar>(simd: S, from: &[T], at: usize) -> T::Vector<S> {
    T::Vector::<S>::load(simd, from.get(at..).unwrap_or_default())
}

/// The largest values of windows, of which each covers at least one pixel.
#[inline(always)]
pub(super) fn largest<S: Simd, T: Scalar>(simd: S, windows: &Windows, x: &[T], y: &mut [T]) {
    windows.registers(T::Vector::<S>::LANES, Largest { simd, x, y });
}

struct Largest<'a, S, T> {
    simd: S,
    x: &'a [T],
    y: &'a mut [T],
}

impl<S: Simd, T: Scalar> Visit for Largest<'_, S, T> {
    #[inline(always)]
    fn register(&mut self, output: usize, _: usize, pixels: Pixels) {
        let mut largest = load(self.simd, self.x, pixels.first);
        for row in 0..pixels.size[0] {
            for column in 0..pixels.size[1] {
                largest = maximum::<S, T>(largest, load(self.simd, self.x, pixels.at(row, column)));
            }
        }
        largest.store(self.y.get_mut(output..).unwrap_or_default());
    }
}

/// The gradients of inputs, on all threads.
pub(super) fn slopes<T: Scalar>(executor: &dyn Executor, windows: &Windows, x: &[T], y: &[T], dy: &[T], dx: &mut [T]) {
    let (from, to) = windows.lens();
    for_rows(executor, dx, from, 1, &|first, dx| {
        let samples = dx.len() / from.max(1);
        let (x, at) = (&x[first * from..][..dx.len()], first * to..(first + samples) * to);
        dispatch(Slopes { windows, x, y: &y[at.clone()], dy: &dy[at], dx });
    });
}

/// The gradients of some samples.
struct Slopes<'a, T> {
    windows: &'a Windows,
    x: &'a [T],
    y: &'a [T],
    dy: &'a [T],
    dx: &'a mut [T],
}

impl<T: Scalar> Kernel for Slopes<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (from, to) = self.windows.lens();
        let samples = self.x.chunks_exact(from.max(1)).zip(self.dx.chunks_exact_mut(from.max(1)));
        for ((x, dx), (y, dy)) in samples.zip(self.y.chunks_exact(to.max(1)).zip(self.dy.chunks_exact(to.max(1)))) {
            self.windows.clear(dx);
            self.windows.registers(T::Vector::<S>::LANES, AddSlopes { simd, tile: self.windows.tile(), x, y, dy, dx });
        }
    }
}

/// Adds the gradient of each largest value to that of the first input which has it.
struct AddSlopes<'a, S, T> {
    simd: S,
    tile: bool,
    x: &'a [T],
    y: &'a [T],
    dy: &'a [T],
    dx: &'a mut [T],
}

impl<S: Simd, T: Scalar> Visit for AddSlopes<'_, S, T> {
    #[inline(always)]
    fn register(&mut self, output: usize, channels: usize, pixels: Pixels) {
        let (simd, zero) = (self.simd, T::Vector::<S>::splat(self.simd, T::ZERO));
        let largest = load(simd, self.y, output);
        let mut left = T::Vector::<S>::load(simd, cut(self.dy, output, channels));
        for row in 0..pixels.size[0] {
            for column in 0..pixels.size[1] {
                let at = pixels.at(row, column);
                let value = load(simd, self.x, at);
                // If there is NaN in a window, its largest value is NaN as well.
                let (number, same) = (value.eq(value), value.eq(largest));
                let share = T::Vector::<S>::select(same, left, T::Vector::<S>::select(number, zero, left));
                left = T::Vector::<S>::select(same, zero, T::Vector::<S>::select(number, left, zero));
                add(simd, self.tile, self.dx, at, channels, share);
            }
        }
    }
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
        simd: S,
        options: &Pool2dOptions,
        x: &[SMatrix<T, C, W>; H],
        y: &mut [SMatrix<T, C, OW>; OH],
        _: &mut (),
    ) {
        largest(simd, &options.windows(Image::<H, W, C>::DIMS, Image::<OH, OW, C>::DIMS), flat(x), flat_mut(y));
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
        slopes(training.executor, &windows, flat::<T, _>(pass.x), flat(pass.y), flat(pass.dy), flat_mut(dx));
    }
}
