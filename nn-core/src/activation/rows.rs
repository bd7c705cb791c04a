//! Softmax and LogSoftmax: functions of whole rows.
//!
//! The largest entry is subtracted first, so no exponential overflows. A row with an infinite or NaN maximum comes out as NaN;
//! an entry of minus infinity among finite ones has probability 0. Sums are taken in `f64`, in order.

use crate::scalar::Scalar;

/// The largest entry; NaN if any is.
#[inline]
fn largest<T: Scalar>(row: impl Iterator<Item = T>) -> T {
    row.reduce(T::maximum).unwrap_or(T::ZERO)
}

/// `(m, s)` with `m = max(x)`, `s = sum(e^(x - m))`: `ln(sum(e^x)) = m + ln(s)`.
#[inline]
pub(crate) fn log_sum_exp<T: Scalar>(x: &[T]) -> (T, T) {
    let top = largest(x.iter().copied());
    let sum = x.iter().map(|&x| (x - top).exp().to_f64()).sum::<f64>();
    (top, T::from_f64(sum))
}

/// Softmax of one row in place; returns [`log_sum_exp`] of what was there.
#[inline]
pub(crate) fn softmax_row<T: Scalar>(y: &mut [T]) -> (T, T) {
    let top = largest(y.iter().copied());
    let mut sum = 0.0;
    for y in y.iter_mut() {
        *y = (*y - top).exp();
        sum += y.to_f64();
    }
    let sum = T::from_f64(sum);
    for y in y {
        *y /= sum;
    }
    (top, sum)
}

#[inline]
pub(super) fn softmax<T: Scalar>(row: usize, y: &mut [T]) {
    for y in y.chunks_mut(row.max(1)) {
        softmax_row(y);
    }
}

#[inline]
pub(super) fn log_softmax<T: Scalar>(row: usize, y: &mut [T]) {
    for y in y.chunks_mut(row.max(1)) {
        let (top, sum) = log_sum_exp(y);
        let ln_sum = sum.ln();
        for y in y {
            *y = *y - top - ln_sum;
        }
    }
}

/// `dx = y * (dy - sum(y * dy))`.
#[inline]
pub(super) fn softmax_slopes<T: Scalar>(row: usize, y: &[T], dy: &mut [T]) {
    for (y, dy) in y.chunks(row.max(1)).zip(dy.chunks_mut(row.max(1))) {
        let dot = T::from_f64(y.iter().zip(dy.iter()).map(|(y, dy)| y.to_f64() * dy.to_f64()).sum());
        for (dy, y) in dy.iter_mut().zip(y) {
            *dy = *y * (*dy - dot);
        }
    }
}

/// `dx = dy - e^y * sum(dy)`.
#[inline]
pub(super) fn log_softmax_slopes<T: Scalar>(row: usize, y: &[T], dy: &mut [T]) {
    for (y, dy) in y.chunks(row.max(1)).zip(dy.chunks_mut(row.max(1))) {
        let sum = T::from_f64(dy.iter().map(|dy| dy.to_f64()).sum());
        for (dy, y) in dy.iter_mut().zip(y) {
            *dy -= y.exp() * sum;
        }
    }
}

pub(super) fn chain_softmax<T: Scalar>(row: usize, y: &mut [T], dy: &dyn Fn(usize, T) -> T) {
    let row = row.max(1);
    for (y, first) in y.chunks_mut(row).zip((0..).step_by(row)) {
        let dot = T::from_f64(y.iter().zip(first..).map(|(&y, index)| y.to_f64() * dy(index, y).to_f64()).sum());
        for (y, index) in y.iter_mut().zip(first..) {
            *y = *y * (dy(index, *y) - dot);
        }
    }
}

pub(super) fn chain_log_softmax<T: Scalar>(row: usize, y: &mut [T], dy: &dyn Fn(usize, T) -> T) {
    let row = row.max(1);
    for (y, first) in y.chunks_mut(row).zip((0..).step_by(row)) {
        let sum = T::from_f64(y.iter().zip(first..).map(|(&y, index)| dy(index, y).to_f64()).sum());
        for (y, index) in y.iter_mut().zip(first..) {
            *y = dy(index, *y) - y.exp() * sum;
        }
    }
}

pub(super) fn stream_softmax<T: Scalar>(row: usize, x: &[T], visit: &mut dyn FnMut(usize, T)) {
    let row = row.max(1);
    for (x, first) in x.chunks(row).zip((0..).step_by(row)) {
        let (top, sum) = log_sum_exp(x);
        for (&x, index) in x.iter().zip(first..) {
            visit(index, (x - top).exp() / sum);
        }
    }
}

pub(super) fn stream_log_softmax<T: Scalar>(row: usize, x: &[T], visit: &mut dyn FnMut(usize, T)) {
    let row = row.max(1);
    for (x, first) in x.chunks(row).zip((0..).step_by(row)) {
        let (top, sum) = log_sum_exp(x);
        let ln_sum = sum.ln();
        for (&x, index) in x.iter().zip(first..) {
            visit(index, x - top - ln_sum);
        }
    }
}
