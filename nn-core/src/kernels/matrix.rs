//! The matrix product behind dense layers: forward, input gradient and weight gradient are the same kernel.
//!
//! `y[r, o] = sum over k of a(r, k) * w[k, o]`, with `w` and `y` contiguous along `o`, so that a register holds neighbouring outputs.
//! A tile of outputs stays in registers while `k` runs. Each output is one chain of multiply-adds over `k` in order, started at
//! zero; the bias is added last. So its bits do not depend on the tile, the vector width, the number of rows or of threads.

use super::sum_columns;
use crate::executor::{Executor, for_rows};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, Vector, dispatch};

/// The left operand `a(r, k)` of a product.
pub trait Operand<T>: Copy + Sync {
    /// `R` rows of it.
    type Tile<const R: usize>: Copy;
    /// The rows from `first` on.
    fn tile<const R: usize>(&self, first: usize) -> Self::Tile<R>;
    /// Element `k` of each row of a tile.
    fn column<const R: usize>(tile: Self::Tile<R>, k: usize) -> [T; R];
}

/// Row after row in memory: samples of a batch.
#[derive(Clone, Copy)]
pub struct Rows<'a, T> {
    /// The elements.
    pub values: &'a [T],
    /// The length of a row.
    pub depth: usize,
}

impl<'a, T: Scalar> Operand<T> for Rows<'a, T> {
    type Tile<const R: usize> = [&'a [T]; R];
    #[inline(always)]
    fn tile<const R: usize>(&self, first: usize) -> Self::Tile<R> {
        core::array::from_fn(|r| &self.values[(first + r) * self.depth..][..self.depth])
    }
    #[inline(always)]
    fn column<const R: usize>(tile: Self::Tile<R>, k: usize) -> [T; R] {
        core::array::from_fn(|r| tile[r][k])
    }
}

/// Column after column in memory: the same samples, seen transposed.
#[derive(Clone, Copy)]
pub struct Columns<'a, T> {
    /// The elements.
    pub values: &'a [T],
    /// The length of a column: how many rows there are.
    pub rows: usize,
}

impl<'a, T: Scalar> Operand<T> for Columns<'a, T> {
    type Tile<const R: usize> = (&'a [T], usize);
    #[inline(always)]
    fn tile<const R: usize>(&self, first: usize) -> Self::Tile<R> {
        (&self.values[first..], self.rows)
    }
    #[inline(always)]
    fn column<const R: usize>((values, stride): Self::Tile<R>, k: usize) -> [T; R] {
        let column = &values[k * stride..][..R];
        core::array::from_fn(|r| column[r])
    }
}

/// What a product is added to.
#[derive(Clone, Copy)]
pub enum Start<'a, T> {
    /// Nothing: `y = a w`.
    Zero,
    /// A bias a column: `y = a w + bias`.
    Bias(&'a [T]),
    /// What is there: `y += a w`.
    Add,
}

impl<'a, T> Start<'a, T> {
    /// A bias, or none if there is none.
    #[inline(always)]
    pub fn bias(bias: &'a [T]) -> Self {
        if bias.is_empty() { Start::Zero } else { Start::Bias(bias) }
    }
}

/// `y = a w` (or with a bias, or added): `a` has `y.len() / columns` rows, `w` is `[depth, columns]`, `y` is `[rows, columns]`.
#[inline(always)]
pub fn multiply<S: Simd, T: Scalar, A: Operand<T>>(simd: S, a: A, w: &[T], columns: usize, start: Start<'_, T>, y: &mut [T]) {
    // Enough accumulators to hide the latency of multiply-add, few enough to stay in registers.
    if S::REGISTERS >= 32 {
        bands::<S, T, A, 6, 4>(simd, a, w, columns, start, y);
    } else {
        bands::<S, T, A, 4, 2>(simd, a, w, columns, start, y);
    }
}

/// [`multiply`] for one row `x`, compiled into the caller with its sizes: for small layers, where a call would cost as much.
#[inline(always)]
pub fn multiply_row<S: Simd, T: Scalar>(simd: S, x: &[T], w: &[T], columns: usize, start: Start<'_, T>, y: &mut [T]) {
    let lanes = T::Vector::<S>::LANES;
    let a = Rows { values: x, depth: x.len() };
    let mut column = 0;
    while column + 8 * lanes <= columns {
        tile::<S, T, _, 1, 8, true>(simd, a, w, columns, start, y, 0, column);
        column += 8 * lanes;
    }
    while column + 2 * lanes <= columns {
        tile::<S, T, _, 1, 2, true>(simd, a, w, columns, start, y, 0, column);
        column += 2 * lanes;
    }
    while column + lanes <= columns {
        tile::<S, T, _, 1, 1, true>(simd, a, w, columns, start, y, 0, column);
        column += lanes;
    }
    if column < columns {
        tile::<S, T, _, 1, 1, false>(simd, a, w, columns, start, y, 0, column);
    }
}

/// [`multiply`] of `x`, which is `[rows, depth]`, in a function of its own, compiled once per instruction set: for large layers,
/// where a call costs nothing and a copy of the kernel in every layer would cost compile time.
#[inline(never)]
pub fn multiply_outlined<S: Simd, T: Scalar>(simd: S, x: &[T], w: &[T], columns: usize, start: Start<'_, T>, y: &mut [T]) {
    let depth = w.len() / columns;
    simd.call(
        #[inline(always)]
        || {
            if y.len() == columns {
                multiply_row(simd, x, w, columns, start, y);
            } else {
                multiply(simd, Rows { values: x, depth }, w, columns, start, y);
            }
        },
    );
}

/// Bands of `V` registers of columns, so that the weights of a band stay in cache while all rows pass.
#[inline(always)]
fn bands<S: Simd, T: Scalar, A: Operand<T>, const R: usize, const V: usize>(
    simd: S,
    a: A,
    w: &[T],
    columns: usize,
    start: Start<'_, T>,
    y: &mut [T],
) {
    let lanes = T::Vector::<S>::LANES;
    let mut column = 0;
    while column + V * lanes <= columns {
        band::<S, T, A, R, V, true>(simd, a, w, columns, start, y, column);
        column += V * lanes;
    }
    while column + lanes <= columns {
        band::<S, T, A, R, 1, true>(simd, a, w, columns, start, y, column);
        column += lanes;
    }
    if column < columns {
        band::<S, T, A, R, 1, false>(simd, a, w, columns, start, y, column);
    }
}

#[inline(always)]
fn band<S: Simd, T: Scalar, A: Operand<T>, const R: usize, const V: usize, const FULL: bool>(
    simd: S,
    a: A,
    w: &[T],
    columns: usize,
    start: Start<'_, T>,
    y: &mut [T],
    column: usize,
) {
    let rows = y.len() / columns;
    let mut row = 0;
    while row + R <= rows {
        tile::<S, T, A, R, V, FULL>(simd, a, w, columns, start, y, row, column);
        row += R;
    }
    while row < rows {
        tile::<S, T, A, 1, V, FULL>(simd, a, w, columns, start, y, row, column);
        row += 1;
    }
}

/// `R` rows by `V` registers of columns; the last register is partial unless `FULL`.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "a tile of a product is where in what")]
fn tile<S: Simd, T: Scalar, A: Operand<T>, const R: usize, const V: usize, const FULL: bool>(
    simd: S,
    a: A,
    w: &[T],
    columns: usize,
    start: Start<'_, T>,
    y: &mut [T],
    row: usize,
    column: usize,
) {
    let lanes = T::Vector::<S>::LANES;
    let load = |from: &[T], v: usize| {
        if FULL { T::Vector::<S>::load(simd, &from[v * lanes..]) } else { T::Vector::<S>::load_partial(simd, &from[v * lanes..]) }
    };
    let width = if FULL { V * lanes } else { columns - column };
    let rows = a.tile::<R>(row);
    let mut sums = [[T::Vector::<S>::splat(simd, T::ZERO); V]; R];
    for (k, weights) in w.chunks_exact(columns).enumerate() {
        let weights = &weights[column..][..width];
        let factors = A::column::<R>(rows, k);
        let weights: [T::Vector<S>; V] = core::array::from_fn(|v| load(weights, v));
        for (sums, factor) in sums.iter_mut().zip(factors) {
            let factor = T::Vector::<S>::splat(simd, factor);
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = factor.mul_add(weight, *sum);
            }
        }
    }
    for (r, sums) in sums.into_iter().enumerate() {
        let y = &mut y[(row + r) * columns + column..][..width];
        for (v, sum) in sums.into_iter().enumerate() {
            let sum = match start {
                Start::Zero => sum,
                Start::Bias(bias) => sum.add(load(&bias[column..][..width], v)),
                Start::Add => sum.add(load(y, v)),
            };
            if FULL {
                sum.store(&mut y[v * lanes..]);
            } else {
                sum.store_partial(&mut y[v * lanes..]);
            }
        }
    }
}

struct MultiplyColumns<'a, T>(Columns<'a, T>, &'a [T], usize, &'a mut [T]);

impl<T: Scalar> Kernel for MultiplyColumns<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        multiply(simd, self.0, self.1, self.2, Start::Add, self.3);
    }
}

struct MultiplyRows<'a, T>(&'a [T], &'a [T], usize, Start<'a, T>, &'a mut [T]);

impl<T: Scalar> Kernel for MultiplyRows<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        multiply_outlined(simd, self.0, self.1, self.2, self.3, self.4);
    }
}

/// `y = x w` on all threads: `x` is `[rows, depth]`, and `finish` sees each finished block of rows (an activation).
pub fn multiply_batch<T: Scalar>(
    executor: &dyn Executor,
    x: &[T],
    w: &[T],
    columns: usize,
    start: Start<'_, T>,
    y: &mut [T],
    finish: &(dyn Fn(&mut [T]) + Sync),
) {
    let depth = w.len() / columns;
    for_rows(executor, y, columns, 6, &|first, block| {
        let rows = block.len() / columns;
        let values = &x[first * depth..][..rows * depth];
        dispatch(MultiplyRows(values, w, columns, start, &mut *block));
        finish(block);
    });
}

/// `gradient += x' dy` on all threads: `x` is `[samples, rows]`, `dy` is `[samples, columns]`, `gradient` is `[rows, columns]`.
/// Each element sums the samples in order.
pub fn multiply_columns<T: Scalar>(executor: &dyn Executor, x: &[T], rows: usize, dy: &[T], columns: usize, gradient: &mut [T]) {
    for_rows(executor, gradient, columns, 6, &|first, block| {
        dispatch(MultiplyColumns(Columns { values: &x[first.min(x.len())..], rows }, dy, columns, block));
    });
}

/// `gradient += sum of the rows of dy`, by [`sum_columns`]; `sums` is memory of the gradient's length.
pub fn add_bias_gradient<T: Scalar>(dy: &[T], sums: &mut [T], gradient: &mut [T]) {
    sum_columns(dy, dy, sums, |dy, _, _| dy);
    for (gradient, sum) in gradient.iter_mut().zip(sums) {
        *gradient += *sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::Serial;
    use crate::random::Random;
    use std::vec::Vec;

    fn numbers(n: usize, seed: u64) -> Vec<f64> {
        (0..n).map(|i| Random::new(seed).uniform(i) - 0.5).collect()
    }

    #[test]
    fn equals_the_naive_product_at_every_size() {
        for (rows, depth, columns) in [(1, 1, 1), (1, 3, 200), (7, 5, 3), (13, 9, 16), (6, 4, 65), (12, 8, 129), (5, 0, 4)] {
            let (x, w, bias) = (numbers(rows * depth, 1), numbers(depth * columns, 2), numbers(columns, 3));
            let mut y = std::vec![9.0; rows * columns];
            if depth > 0 {
                multiply_batch(&Serial, &x, &w, columns, Start::Bias(&bias), &mut y, &|_| ());
            } else {
                y.copy_from_slice(&bias.repeat(rows));
            }
            for r in 0..rows {
                for o in 0..columns {
                    let exact = bias[o] + (0..depth).map(|k| x[r * depth + k] * w[k * columns + o]).sum::<f64>();
                    assert!((y[r * columns + o] - exact).abs() < 1e-12, "{rows} {depth} {columns}: {r} {o}");
                }
            }
            let mut gradient = numbers(depth * columns, 4);
            let before = gradient.clone();
            multiply_columns(&Serial, &x, depth, &y, columns, &mut gradient);
            for k in 0..depth {
                for o in 0..columns {
                    let exact = before[k * columns + o] + (0..rows).map(|r| x[r * depth + k] * y[r * columns + o]).sum::<f64>();
                    assert!((gradient[k * columns + o] - exact).abs() < 1e-12);
                }
            }
        }
    }

    #[test]
    fn a_row_has_the_same_bits_alone_and_in_a_batch() {
        let (rows, depth, columns) = (29, 37, 203);
        let x: Vec<f32> = numbers(rows * depth, 1).iter().map(|x| *x as f32).collect();
        let w: Vec<f32> = numbers(depth * columns, 2).iter().map(|x| *x as f32).collect();
        let mut all = std::vec![0.0f32; rows * columns];
        multiply_batch(&Serial, &x, &w, columns, Start::Zero, &mut all, &|_| ());
        for r in 0..rows {
            let mut one = std::vec![0.0f32; columns];
            multiply_batch(&Serial, &x[r * depth..][..depth], &w, columns, Start::Zero, &mut one, &|_| ());
            assert_eq!(one, all[r * columns..][..columns]);
        }
    }
}
