//! Mean and variance along the rows of a matrix, exact where the textbook formula and the usual single pass are not.
//!
//! The values are shifted by the first row, scaled by a power of two where their squares would overflow, and centred twice
//! (the second pass corrects the rounding of the first: Chan, Golub and LeVeque 1983), so a large mean or magnitude costs nothing.

use crate::scalar::Scalar;

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
fn limits<T: Scalar>() -> (T, T) {
    if T::EPSILON > T::from_f64(1e-10) {
        (T::from_f64(1e15), T::from_f64(f64::from_bits((1023 - 80) << 52)))
    } else {
        (T::from_f64(1e150), T::from_f64(f64::from_bits((1023 - 600) << 52)))
    }
}

/// Measures the columns of `x`, a matrix of at least one row of `shift.len()`; the four slices are what [`Statistics`] holds.
pub fn measure<T: Scalar>(x: &[T], shift: &mut [T], scale: &mut [T], mean: &mut [T], variance: &mut [T]) {
    let n = shift.len();
    let count = T::from_usize(x.len() / n);
    let (limit, small) = limits::<T>();
    shift.copy_from_slice(&x[..n]);
    // `scale` first holds the largest deviation.
    scale.fill(T::ZERO);
    for row in x.chunks_exact(n) {
        for ((largest, x), shift) in scale.iter_mut().zip(row).zip(&*shift) {
            let deviation = (*x - *shift).abs();
            *largest = if deviation > *largest { deviation } else { *largest };
        }
    }
    for scale in &mut *scale {
        *scale = if *scale > limit { small } else { T::ONE };
    }
    // The mean of the deviations from zero, then of what the rounding of that mean left.
    mean.fill(T::ZERO);
    for _ in 0..2 {
        sum_columns(x, x, variance, |x, _, i| (x - shift[i]) * scale[i] - mean[i]);
        for (mean, rest) in mean.iter_mut().zip(&*variance) {
            *mean += *rest / count;
        }
    }
    sum_columns(x, x, variance, |x, _, i| {
        let d = (x - shift[i]) * scale[i] - mean[i];
        d * d
    });
    for variance in variance {
        *variance /= count;
    }
}

/// The sums of `f(x, y, column)` over the rows of two matrices with a column for each of `sums` (give one twice if there is one).
///
/// Groups of sixteen rows are summed first and then added in order: that keeps the rounding errors of long sums small, and depends
/// on nothing but the number of rows.
#[inline(always)]
pub fn sum_columns<T: Scalar>(x: &[T], y: &[T], sums: &mut [T], f: impl Fn(T, T, usize) -> T) {
    const GROUP: usize = 16;
    const WIDTH: usize = 64;
    let n = sums.len();
    if n == 0 {
        return;
    }
    for (block, sums) in sums.chunks_mut(WIDTH).enumerate() {
        let first = block * WIDTH;
        sums.fill(T::ZERO);
        for (x, y) in x.chunks(GROUP * n).zip(y.chunks(GROUP * n)) {
            let mut group = [T::ZERO; WIDTH];
            for (x, y) in x.chunks_exact(n).zip(y.chunks_exact(n)) {
                let (x, y) = (&x[first..][..sums.len()], &y[first..][..sums.len()]);
                for (((i, sum), x), y) in group.iter_mut().enumerate().zip(x).zip(y) {
                    *sum += f(*x, *y, first + i);
                }
            }
            for (sum, group) in sums.iter_mut().zip(group) {
                *sum += group;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    /// The statistics of `x`, in `f64`: (mean, variance).
    fn of(x: &[f32]) -> (f64, f64) {
        let (mut shift, mut scale, mut mean, mut variance) = ([0.0], [0.0], [0.0], [0.0]);
        measure(x, &mut shift, &mut scale, &mut mean, &mut variance);
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
