//! The matrix product behind dense layers: forward, input gradient and weight gradient are the same kernel.
//!
//! `y[r, o] = sum over k of a(r, k) * w(k, o)`, with a register holding neighbouring outputs. The sum is taken in [`Chunks`]; within a
//! chunk it is one chain of multiply-adds over `k` in order, started at zero; the chunk sums are added from left to right and the bias
//! last. So its bits do not depend on tiles, the vector width, the number of rows or of threads, and the ways to get there are free:
//!
//! - many rows ([`multiply`]): weights packed in panels, a tile of 6 rows by 2 or 4 registers at a time;
//! - one row of a small layer ([`multiply_row`]): compiled into the caller, chunks side by side;
//! - one row of a large layer (`stream_row`): the weights in the order of memory, which is what takes the time.

mod chunks;
mod operand;
mod panel;
mod row;
mod tile;

pub use chunks::Chunks;
pub use operand::{Columns, Operand, Rows};
pub use panel::{Straight, Transposed, Weights};
pub use row::multiply_row;
pub use tile::multiply;

use super::sum_columns;
use crate::executor::{Executor, for_rows};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, Vector, dispatch};

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

    /// What happens to the sums of one chunk of `count`.
    #[inline(always)]
    fn of_chunk(self, chunk: usize, count: usize) -> End<'a, T> {
        let bias = match self {
            Start::Bias(bias) if chunk + 1 == count => Some(bias),
            _ => None,
        };
        End { add: chunk > 0 || matches!(self, Start::Add), bias }
    }
}

/// What happens to the sums of a chunk: added to those before or not, and a bias added at the last.
#[derive(Clone, Copy)]
struct End<'a, T> {
    add: bool,
    bias: Option<&'a [T]>,
}

impl<T: Scalar> End<'_, T> {
    /// Moves one register of sums into the outputs `y`, which start at `column`; all of `y`, unless `FULL`.
    #[inline(always)]
    fn apply<S: Simd, const FULL: bool>(self, simd: S, mut sum: T::Vector<S>, column: usize, y: &mut [T]) {
        if self.add {
            sum = register::<S, T, FULL>(simd, y, 0).add(sum);
        }
        if let Some(bias) = self.bias {
            sum = sum.add(register::<S, T, FULL>(simd, &bias[column..][..y.len()], 0));
        }
        if FULL { sum.store(y) } else { sum.store_partial(y) }
    }
}

/// Register `v` of a slice; all of the slice, unless `FULL`.
#[inline(always)]
fn register<S: Simd, T: Scalar, const FULL: bool>(simd: S, from: &[T], v: usize) -> T::Vector<S> {
    if FULL { T::Vector::<S>::load(simd, &from[v * T::Vector::<S>::LANES..]) } else { T::Vector::<S>::load_partial(simd, from) }
}

/// [`multiply`] of `x`, which is `[rows, depth]`, in a function of its own, compiled once per instruction set: for large layers,
/// where a call costs nothing and a copy of the kernel in every layer would cost compile time.
#[inline(never)]
pub fn multiply_outlined<S: Simd, T: Scalar>(simd: S, x: &[T], w: &[T], columns: usize, start: Start<'_, T>, y: &mut [T]) {
    let depth = w.len() / columns;
    simd.call(
        #[inline(always)]
        || {
            if y.len() >= FEW * columns {
                multiply(simd, Rows { values: x, depth }, Straight { values: w, columns }, start, y);
            } else {
                for (x, y) in x.chunks_exact(depth).zip(y.chunks_exact_mut(columns)) {
                    one_row(simd, x, w, columns, start, y);
                }
            }
        },
    );
}

/// Fewer rows go one by one: packing the weights would cost as much as the product.
const FEW: usize = 4;

/// Weights of at least so many bytes come from beyond the first-level cache, and are read in the order of memory.
const STREAM: usize = 32 * 1024;

#[inline(always)]
fn one_row<S: Simd, T: Scalar>(simd: S, x: &[T], w: &[T], columns: usize, start: Start<'_, T>, y: &mut [T]) {
    if size_of_val(w) >= STREAM && columns >= 64 {
        row::stream_row(simd, x, w, columns, start, y);
    } else {
        multiply_row(simd, x, w, columns, start, y);
    }
}

/// A product of samples with weights on the best instruction set.
struct Forward<'a, T>(&'a [T], &'a [T], usize, Start<'a, T>, &'a mut [T]);

impl<T: Scalar> Kernel for Forward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        multiply_outlined(simd, self.0, self.1, self.2, self.3, self.4);
    }
}

/// Any other product.
struct Backward<'a, A, W, T>(A, W, Start<'a, T>, &'a mut [T]);

impl<T: Scalar, A: Operand<T>, W: Weights<T>> Kernel for Backward<'_, A, W, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        multiply(simd, self.0, self.1, self.2, self.3);
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
        dispatch(Forward(values, w, columns, start, &mut *block));
        finish(block);
    });
}

/// `dx = dy w'` on all threads: `dy` is `[samples, columns]`, `w` is `[rows, columns]`, `dx` is `[samples, rows]`.
pub fn multiply_transposed<T: Scalar>(executor: &dyn Executor, dy: &[T], w: &[T], columns: usize, dx: &mut [T]) {
    let rows = w.len() / columns;
    for_rows(executor, dx, rows, 6, &|first, block| {
        let values = &dy[first * columns..][..block.len() / rows * columns];
        let (a, w) = (Rows { values, depth: columns }, Transposed { values: w, depth: columns });
        dispatch(Backward(a, w, Start::Zero, block));
    });
}

/// `gradient += x' dy` on all threads: `x` is `[samples, rows]`, `dy` is `[samples, columns]`, `gradient` is `[rows, columns]`.
/// Each element sums the samples in order.
pub fn multiply_columns<T: Scalar>(executor: &dyn Executor, x: &[T], rows: usize, dy: &[T], columns: usize, gradient: &mut [T]) {
    for_rows(executor, gradient, columns, 6, &|first, block| {
        let (a, w) = (Columns { values: &x[first.min(x.len())..], rows }, Straight { values: dy, columns });
        dispatch(Backward(a, w, Start::Add, block));
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
