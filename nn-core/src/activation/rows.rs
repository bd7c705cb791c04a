//! Softmax and LogSoftmax: functions of whole rows.
//!
//! The largest entry is subtracted first, so no exponential overflows. A row with an infinite or NaN maximum comes out as NaN;
//! an entry of minus infinity among finite ones has probability 0. Sums are taken in `f64`, in [`LANES`] lanes whatever the
//! registers: the lane of an element follows from its place in the row.

use super::{Activation, BLOCK, OutputSlopes, pointwise::map};
use crate::math::{exp_nonpositive, ln_of};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, Vector, dispatch};

/// The lanes of a sum.
const LANES: usize = 16;

/// Adds the products of two slices, which begin at a multiple of [`LANES`] in their row.
#[inline(always)]
fn add_products<T: Scalar>(sums: &mut [f64; LANES], x: &[T], y: &[T]) {
    let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
    for (x, y) in x.iter().zip(y) {
        for lane in 0..LANES {
            sums[lane] += x[lane].to_f64() * y[lane].to_f64();
        }
    }
    for ((sum, x), y) in sums.iter_mut().zip(x_rest).zip(y_rest) {
        *sum += x.to_f64() * y.to_f64();
    }
}

/// Adds the numbers of a slice, which begins at a multiple of [`LANES`] in its row.
#[inline(always)]
fn add<T: Scalar>(sums: &mut [f64; LANES], x: &[T]) {
    let (x, rest) = x.as_chunks::<LANES>();
    for x in x {
        for lane in 0..LANES {
            sums[lane] += x[lane].to_f64();
        }
    }
    for (sum, x) in sums.iter_mut().zip(rest) {
        *sum += x.to_f64();
    }
}

/// All lanes in one, each half with the other.
#[inline(always)]
fn fold<N: Copy>(mut lanes: [N; LANES], f: impl Fn(N, N) -> N) -> N {
    for half in [8, 4, 2, 1] {
        let Some((low, high)) = lanes.split_at_mut_checked(half) else { break };
        for (low, high) in low.iter_mut().zip(high) {
            *low = f(*low, *high);
        }
    }
    lanes[0]
}

/// The sum of the lanes.
#[inline(always)]
fn total(sums: [f64; LANES]) -> f64 {
    fold(sums, |a, b| a + b)
}

/// The largest entry, in [`LANES`] lanes; 0 of an empty row. A NaN may be passed over: it makes the sum of exponentials NaN.
#[inline(always)]
fn largest<T: Scalar>(row: &[T]) -> T {
    let larger = |a: T, b: T| if a > b { a } else { b };
    let mut tops = [row.first().copied().unwrap_or(T::ZERO); LANES];
    let (blocks, rest) = row.as_chunks::<LANES>();
    for x in blocks {
        for lane in 0..LANES {
            tops[lane] = larger(tops[lane], x[lane]);
        }
    }
    for (top, x) in tops.iter_mut().zip(rest) {
        *top = larger(*top, *x);
    }
    fold(tops, larger)
}

/// `y = e^(y - top)`.
#[inline(always)]
fn exponentials<S: Simd, T: Scalar>(simd: S, y: &mut [T], top: T) {
    let top = T::Vector::<S>::splat(simd, top);
    map!(simd, y, |x| exp_nonpositive(simd, x - top));
}

/// Softmax of one row; returns `(m, s)` with `m = max(x)`, `s = sum(e^(x - m))` of what was there.
#[inline(always)]
pub(crate) fn softmax_of_row<S: Simd, T: Scalar>(simd: S, y: &mut [T]) -> (T, T) {
    let top = largest(y);
    exponentials(simd, y, top);
    let mut sums = [0.0; LANES];
    add(&mut sums, y);
    let sum = T::from_f64(total(sums));
    let divisor = T::Vector::<S>::splat(simd, sum);
    map!(simd, y, |x| x / divisor);
    (top, sum)
}

#[inline(always)]
pub(super) fn softmax<S: Simd, T: Scalar>(simd: S, row: usize, y: &mut [T]) {
    for y in y.chunks_mut(row.max(1)) {
        softmax_of_row(simd, y);
    }
}

pub(super) fn log_softmax<T: Scalar>(row: usize, y: &mut [T]) {
    for y in y.chunks_mut(row.max(1)) {
        let sums = log_sum_exp(y);
        log_probabilities(y, sums);
    }
}

struct SoftmaxRow<'a, T>(&'a mut [T]);

impl<T: Scalar> Kernel for SoftmaxRow<'_, T> {
    type Output = (T, T);
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> (T, T) {
        softmax_of_row(simd, self.0)
    }
}

/// Softmax of one row in place; returns [`log_sum_exp`] of what was there.
#[inline(never)]
pub(crate) fn softmax_row<T: Scalar>(y: &mut [T]) -> (T, T) {
    dispatch(SoftmaxRow(y))
}

struct Exponentials<'a, T>(&'a mut [T], T);

impl<T: Scalar> Kernel for Exponentials<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        exponentials(simd, self.0, self.1);
    }
}

/// `y = e^(y - top) / sum`.
#[inline(never)]
pub(crate) fn probabilities<T: Scalar>(y: &mut [T], (top, sum): (T, T)) {
    dispatch(Exponentials(y, top));
    y.iter_mut().for_each(|y| *y /= sum);
}

/// `y = y - top - ln(sum)`.
#[inline(never)]
pub(super) fn log_probabilities<T: Scalar>(y: &mut [T], (top, sum): (T, T)) {
    let ln_sum = ln_of(sum);
    y.iter_mut().for_each(|y| *y = *y - top - ln_sum);
}

/// The sum of `e^(x - top)` over a row that comes in pieces, all but the last of a multiple of [`LANES`].
pub(crate) struct SumExp<T> {
    top: T,
    sums: [f64; LANES],
}

impl<T: Scalar> SumExp<T> {
    pub(crate) fn new(top: T) -> Self {
        Self { top, sums: [0.0; LANES] }
    }

    pub(crate) fn add(&mut self, x: &[T]) {
        for x in x.chunks(BLOCK) {
            let mut block = [T::ZERO; BLOCK];
            let block = &mut block[..x.len()];
            block.copy_from_slice(x);
            dispatch(Exponentials(block, self.top));
            add(&mut self.sums, block);
        }
    }

    /// The sum so far without `e^0`, the part of the largest: what is left of 1, exact where it is small.
    pub(crate) fn rest(&self) -> f64 {
        total(self.sums) - 1.0
    }

    /// `(top, sum)`.
    pub(crate) fn finish(self) -> (T, T) {
        (self.top, T::from_f64(total(self.sums)))
    }
}

/// `(m, s)` with `m = max(x)`, `s = sum(e^(x - m))`: `ln(sum(e^x)) = m + ln(s)`.
#[inline(never)]
pub(crate) fn log_sum_exp<T: Scalar>(x: &[T]) -> (T, T) {
    let mut sum = SumExp::new(largest(x));
    sum.add(x);
    sum.finish()
}

/// `dx = y * (dy - sum(y * dy))`.
pub(super) fn softmax_slopes<T: Scalar>(row: usize, y: &[T], dy: &mut [T]) {
    for (y, dy) in y.chunks(row.max(1)).zip(dy.chunks_mut(row.max(1))) {
        let mut sums = [0.0; LANES];
        add_products(&mut sums, y, dy);
        softmax_slopes_of(y, dy, T::from_f64(total(sums)));
    }
}

fn softmax_slopes_of<T: Scalar>(y: &[T], dy: &mut [T], dot: T) {
    for (dy, y) in dy.iter_mut().zip(y) {
        *dy = *y * (*dy - dot);
    }
}

/// `dx = dy - e^y * sum(dy)`.
pub(super) fn log_softmax_slopes<T: Scalar>(row: usize, y: &[T], dy: &mut [T]) {
    for (y, dy) in y.chunks(row.max(1)).zip(dy.chunks_mut(row.max(1))) {
        let mut sums = [0.0; LANES];
        add(&mut sums, dy);
        log_softmax_slopes_of(y, dy, T::from_f64(total(sums)));
    }
}

fn log_softmax_slopes_of<T: Scalar>(y: &[T], dy: &mut [T], sum: T) {
    for (y, dy) in y.chunks(BLOCK).zip(dy.chunks_mut(BLOCK)) {
        let mut block = [T::ZERO; BLOCK];
        let block = &mut block[..y.len()];
        block.copy_from_slice(y);
        // Logarithms of probabilities are not above 0.
        dispatch(Exponentials(block, T::ZERO));
        for (dy, p) in dy.iter_mut().zip(block) {
            *dy -= *p * sum;
        }
    }
}

/// [`Activation::chain`] through one of the two.
pub(super) fn chain<T: Scalar>(activation: Activation, row: usize, y: &mut [T], slopes: &OutputSlopes<'_, T>) {
    let row = row.max(1);
    for (y, first) in y.chunks_mut(row).zip((0..).step_by(row)) {
        let mut sums = [0.0; LANES];
        let mut dy = [T::ZERO; BLOCK];
        for (y, first) in y.chunks(BLOCK).zip((first..).step_by(BLOCK)) {
            let dy = &mut dy[..y.len()];
            slopes(first, y, dy);
            match activation {
                Activation::Softmax => add_products(&mut sums, y, dy),
                _ => add(&mut sums, dy),
            }
        }
        let sum = T::from_f64(total(sums));
        for (y, first) in y.chunks_mut(BLOCK).zip((first..).step_by(BLOCK)) {
            let dy = &mut dy[..y.len()];
            slopes(first, y, dy);
            match activation {
                Activation::Softmax => softmax_slopes_of(y, dy, sum),
                _ => log_softmax_slopes_of(y, dy, sum),
            }
            y.copy_from_slice(dy);
        }
    }
}
