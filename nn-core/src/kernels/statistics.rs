//! Mean and variance along the rows of a matrix, exact where the textbook formula and the usual single pass are not.
//!
//! The values are shifted by the first row, scaled by a power of two where their squares would overflow, and centred twice
//! (the second pass corrects the rounding of the first: Chan, Golub and LeVeque 1983), so a large mean or magnitude costs nothing.

use crate::executor::{Executor, for_pieces};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, dispatch};

/// The statistics of each of `N` columns, in the shifted and scaled system: `d = (x - shift) * scale`.
#[derive(Clone, Copy, Debug)]
pub struct Statistics<'a, T> {
    /// The first row.
    pub shift: &'a [T],
    /// 1, or a small power of two.
    pub scale: &'a [T],
    /// The mean of `d`.
    pub mean: &'a [T],
    /// The (biased) variance of `d`.
    pub variance: &'a [T],
}

impl<T: Scalar> Statistics<'_, T> {
    /// The mean of `x` in a column.
    pub fn mean(&self, column: usize) -> T {
        self.shift[column] + self.mean[column] / self.scale[column]
    }
    /// The (biased) variance of `x` in a column.
    pub fn variance(&self, column: usize) -> T {
        self.variance[column] / self.scale[column] / self.scale[column]
    }
}

/// The largest deviation that is not scaled, and the scale of larger ones: the square of the largest scaled deviation is finite.
pub(super) fn limits<T: Scalar>() -> (T, T) {
    if T::EPSILON > T::from_f64(1e-10) {
        (T::from_f64(1e15), T::from_f64(f64::from_bits((1023 - 80) << 52)))
    } else {
        (T::from_f64(1e150), T::from_f64(f64::from_bits((1023 - 600) << 52)))
    }
}

/// The memory that [`measure`] writes: the four slices of [`Statistics`].
pub struct Measured<'a, T> {
    /// [`Statistics::shift`].
    pub shift: &'a mut [T],
    /// [`Statistics::scale`].
    pub scale: &'a mut [T],
    /// [`Statistics::mean`].
    pub mean: &'a mut [T],
    /// [`Statistics::variance`].
    pub variance: &'a mut [T],
}

/// Measures the columns of `x`, a matrix of at least one row of `to.shift.len()`, on the executor's threads.
pub fn measure<T: Scalar>(executor: &dyn Executor, x: &[T], to: Measured<'_, T>) {
    let n = to.shift.len();
    let slices = [to.shift, to.scale, to.mean, to.variance];
    for_pieces(executor, slices, WIDTH, &|first, [shift, scale, mean, variance]| {
        dispatch(Measure { x: Matrix { values: x, columns: n }, first, to: Measured { shift, scale, mean, variance } });
    });
}

/// [`measure`] of the columns from `first` on.
struct Measure<'a, T> {
    x: Matrix<'a, T>,
    first: usize,
    to: Measured<'a, T>,
}

impl<T: Scalar> Kernel for Measure<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { x, first, to } = self;
        let Measured { shift, scale, mean, variance } = to;
        let (shift, scale) = (shift.chunks_mut(WIDTH), scale.chunks_mut(WIDTH));
        let columns = shift.zip(scale).zip(mean.chunks_mut(WIDTH).zip(variance.chunks_mut(WIDTH)));
        for (block, ((shift, scale), (mean, variance))) in columns.enumerate() {
            measure_block(x, first + block * WIDTH, shift, scale, mean, variance);
        }
    }
}

/// Up to `WIDTH` columns: their values stay in the first-level cache from one pass to the next.
#[inline(always)]
fn measure_block<T: Scalar>(x: Matrix<'_, T>, first: usize, shift: &mut [T], scale: &mut [T], mean: &mut [T], variance: &mut [T]) {
    let width = shift.len();
    let count = T::from_usize(x.values.len() / x.columns);
    let (limit, small) = limits::<T>();
    shift.copy_from_slice(&x.values[first..][..width]);
    let (mut shifts, mut scales, mut means) = ([T::ZERO; WIDTH], [T::ONE; WIDTH], [T::ZERO; WIDTH]);
    shifts[..width].copy_from_slice(shift);
    let mut largest = [T::ZERO; WIDTH];
    for row in x.values.chunks_exact(x.columns) {
        for ((largest, x), shift) in largest.iter_mut().zip(&row[first..][..width]).zip(&shifts) {
            let deviation = (*x - *shift).abs();
            *largest = if deviation > *largest { deviation } else { *largest };
        }
    }
    for (scale, largest) in scales.iter_mut().zip(largest) {
        *scale = if largest > limit { small } else { T::ONE };
    }
    let [sums] = sum_block(x, x, first, width, |x, _, i| [(x - shifts[i]) * scales[i]]);
    for (mean, sum) in means.iter_mut().zip(sums) {
        *mean = sum / count;
    }
    // What the rounding of that mean left, and the squares.
    let [rests, squares] = sum_block(x, x, first, width, |x, _, i| {
        let d = (x - shifts[i]) * scales[i] - means[i];
        [d, d * d]
    });
    for i in 0..width {
        let rest = rests[i] / count;
        scale[i] = scales[i];
        mean[i] = means[i] + rest;
        variance[i] = (squares[i] / count - rest * rest).maximum(T::ZERO);
    }
}

/// A matrix, row after row.
#[derive(Clone, Copy)]
struct Matrix<'a, T> {
    values: &'a [T],
    columns: usize,
}

/// So many columns go side by side.
pub const WIDTH: usize = 32;

/// Groups of so many rows are summed first and then added in order: that keeps the rounding errors of long sums small, and depends
/// on nothing but the number of rows.
pub(super) const GROUP: usize = 16;

/// `K` sums a column over the rows of two matrices of `columns` columns (give one twice if there is one), on the executor's threads:
/// of `f(x, y, column)`, where `finish(into, sums)` moves them to their places in the `K` slices `to`.
pub fn sum_columns<T: Scalar, const K: usize>(
    executor: &dyn Executor,
    x: &[T],
    y: &[T],
    to: [&mut [T]; K],
    f: &(impl Fn(T, T, usize) -> [T; K] + Sync),
    finish: &(impl Fn(&mut T, T) + Sync),
) {
    let columns = to.first().map_or(0, |to| to.len());
    if columns == 0 {
        return;
    }
    for_pieces(executor, to, WIDTH, &|first, to| {
        let (x, y) = (Matrix { values: x, columns }, Matrix { values: y, columns });
        dispatch(Sums { x, y, first, to, f, finish });
    });
}

/// [`sum_columns`] of the columns from `first` on.
struct Sums<'a, T, F, G, const K: usize> {
    x: Matrix<'a, T>,
    y: Matrix<'a, T>,
    first: usize,
    to: [&'a mut [T]; K],
    f: &'a F,
    finish: &'a G,
}

impl<T: Scalar, F: Fn(T, T, usize) -> [T; K], G: Fn(&mut T, T), const K: usize> Kernel for Sums<'_, T, F, G, K> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(mut self, _: S) {
        let len = self.to[0].len();
        for at in (0..len).step_by(WIDTH) {
            let width = WIDTH.min(len - at);
            let first = self.first + at;
            let sums = sum_block(self.x, self.y, first, width, |x, y, i| (self.f)(x, y, first + i));
            for (to, sums) in self.to.iter_mut().zip(&sums) {
                for (to, sum) in to[at..][..width].iter_mut().zip(sums) {
                    (self.finish)(to, *sum);
                }
            }
        }
    }
}

/// The sums of up to `WIDTH` columns from `first` on. `f` counts columns from `first`.
#[inline(always)]
fn sum_block<T: Scalar, const K: usize>(
    x: Matrix<'_, T>,
    y: Matrix<'_, T>,
    first: usize,
    width: usize,
    f: impl Fn(T, T, usize) -> [T; K],
) -> [[T; WIDTH]; K] {
    let n = x.columns;
    let mut total = [[T::ZERO; WIDTH]; K];
    for (x, y) in x.values.chunks(GROUP * n).zip(y.values.chunks(GROUP * n)) {
        let mut group = [[T::ZERO; WIDTH]; K];
        for (x, y) in x.chunks_exact(n).zip(y.chunks_exact(n)) {
            let (x, y) = (&x[first..][..width], &y[first..][..width]);
            if let (Some(x), Some(y)) = (x.as_array::<WIDTH>(), y.as_array::<WIDTH>()) {
                for i in 0..WIDTH {
                    let terms = f(x[i], y[i], i);
                    for k in 0..K {
                        group[k][i] += terms[k];
                    }
                }
            } else {
                for i in 0..width {
                    let terms = f(x[i], y[i], i);
                    for k in 0..K {
                        group[k][i] += terms[k];
                    }
                }
            }
        }
        for k in 0..K {
            for i in 0..WIDTH {
                total[k][i] += group[k][i];
            }
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    /// The statistics of `x`, in `f64`: (mean, variance).
    fn of(x: &[f32]) -> (f64, f64) {
        let (mut shift, mut scale, mut mean, mut variance) = ([0.0], [0.0], [0.0], [0.0]);
        let to = Measured { shift: &mut shift, scale: &mut scale, mean: &mut mean, variance: &mut variance };
        measure(&crate::executor::Serial, x, to);
        let [shift, scale, mean, variance] = [shift[0], scale[0], mean[0], variance[0]].map(f64::from);
        (shift + mean / scale, variance / scale / scale)
    }

    #[test]
    fn large_means_and_magnitudes_cost_nothing() {
        for (offset, spread) in [(0.0, 1.0), (1e6, 1.0), (1e4, 1e-3), (0.0, 1e15), (0.0, 1e30), (7.0, 0.0), (1e-6, 1e-7)] {
            let x: Vec<f32> = (0..257u32).map(|i| (offset + spread * (f64::from(i * 37 % 101) / 50.0 - 1.0)) as f32).collect();
            let exact: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
            let mean = exact.iter().sum::<f64>() / 257.0;
            let variance = exact.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 257.0;
            let (m, v) = of(&x);
            assert!((m - mean).abs() <= 1e-6 * (mean.abs() + variance.sqrt()), "{offset} {spread}: mean {m} {mean}");
            assert!((v - variance).abs() <= 1e-6 * variance, "{offset} {spread}: variance {v} {variance}");
        }
    }

    #[test]
    fn long_sums_stay_exact() {
        let x: Vec<f32> = (0..1u32 << 16).map(|i| ((i * 7919) % 65_521) as f32 / 65_521.0).collect();
        let exact: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
        let mean = exact.iter().sum::<f64>() / x.len() as f64;
        let variance = exact.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / x.len() as f64;
        let (m, v) = of(&x);
        assert!((m - mean).abs() < 1e-6 * mean && (v - variance).abs() < 1e-5 * variance, "{m} {mean}, {v} {variance}");
    }

    #[test]
    fn nan_stays_nan() {
        assert!(of(&[1.0, f32::NAN, 2.0]).1.is_nan());
    }
}
