//! The matrix product behind dense layers: forward, input gradient and weight gradient are the same kernel.
//!
//! `y[r, o] = sum over k of a(r, k) * w(k, o)`, with a register holding neighbouring outputs. The sum is taken in [`Chunks`]; within a
//! chunk it is one chain of multiply-adds over `k` in order, started at zero; the chunk sums are added from left to right and the bias
//! last. So its bits do not depend on tiles, the vector width, the number of rows or of threads, and the ways to get there are free:
//!
//! - a batch ([`multiply`]): both operands packed, a tile of up to 6 rows by 2 or 4 registers at a time;
//! - one row of a small layer (`row`): compiled into the caller, chunks side by side;
//! - one row of a large layer (`stream`): the weights in the order of memory, which is what takes the time;
//! - several rows of one sample (`direct`): tiles as in a batch, operands in place;
//! - operands within larger matrices (`strided`), which are small: one chain, no chunks;
//! - one output (`dot`): a dot product a row. Its sum is not in chunks but in 32 interleaved parts; and so are the sums of a product with the
//!   rows of a table ([`multiply_along`]), of one sample and of batches alike.
//!
//! What a prediction runs, which is all but the first, cannot panic: a slice that were too short would count as empty.

mod chunks;
mod direct;
mod dot;
mod operand;
mod panel;
mod row;
mod stream;
mod strided;
mod tile;

use super::sum_columns;
use crate::executor::{Executor, for_rows};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, Vector, dispatch};
pub(super) use chunks::{Chunks, LONGEST};
use core::marker::PhantomData;
use operand::{Columns, Operand, Rows};
use panel::{Straight, Transposed, Weights};
use row::{Number, Times};
pub use strided::{Strided, Triangle, multiply_strided, transpose};
use tile::{TALLEST, multiply};

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
    pub(super) fn of_chunk(self, chunk: usize, count: usize) -> End<'a, T> {
        let bias = match self {
            Start::Bias(bias) if chunk + 1 == count => Some(bias),
            _ => None,
        };
        End { add: chunk > 0 || matches!(self, Start::Add), bias }
    }
}

/// What happens to the sums of a chunk: added to those before or not, and a bias added at the last.
#[derive(Clone, Copy)]
pub(super) struct End<'a, T> {
    pub add: bool,
    pub bias: Option<&'a [T]>,
}

impl<T: Scalar> End<'_, T> {
    /// Moves one register of sums into the outputs `y`, which start at `column`; all of `y`, unless `FULL`.
    #[inline(always)]
    pub(super) fn apply<S: Simd, const FULL: bool>(self, simd: S, mut sum: T::Vector<S>, column: usize, y: &mut [T]) {
        if self.add {
            sum = register::<S, T, FULL>(simd, y, 0).add(sum);
        }
        if let Some(bias) = self.bias {
            sum = sum.add(register::<S, T, FULL>(simd, cut(bias, column, y.len()), 0));
        }
        if FULL { sum.store(y) } else { sum.store_partial(y) }
    }
}

/// `len` elements from `at` on; none, if there are fewer.
#[inline(always)]
pub(super) fn cut<T>(from: &[T], at: usize, len: usize) -> &[T] {
    from.get(at..at + len).unwrap_or_default()
}

/// Register `v` of a slice; all of the slice, unless `FULL`.
#[inline(always)]
pub(super) fn register<S: Simd, T: Scalar, const FULL: bool>(simd: S, from: &[T], v: usize) -> T::Vector<S> {
    let lanes = T::Vector::<S>::LANES;
    if FULL { T::Vector::<S>::load(simd, cut(from, v * lanes, lanes)) } else { T::Vector::<S>::load_partial(simd, from) }
}

/// A layer of at most so many weights is compiled into the caller; the call of a larger one costs nothing.
const INLINE: usize = 64 * 64;
/// A larger layer of fewer outputs is compiled for its sizes too, but called: its chunks have to run side by side.
const NARROW: usize = 64;

/// The rows `x`, each of `IN` elements, of one sample: `y = x w + bias` (or without, if it is empty).
#[inline(always)]
pub fn multiply_sample<S: Simd, T: Scalar, const IN: usize, const OUT: usize>(simd: S, x: &[T], w: &[T], bias: &[T], y: &mut [T]) {
    multiply_groups::<S, T, IN, OUT, 1>(simd, x, w, bias, y);
}

/// [`multiply_sample`] to `G` groups of `N` outputs: the gates of a recurrent layer.
#[inline(always)]
pub fn multiply_groups<S: Simd, T: Scalar, const IN: usize, const N: usize, const G: usize>(
    simd: S,
    x: &[T],
    w: &[T],
    bias: &[T],
    y: &mut [T],
) {
    if const { N * G == 1 && IN <= INLINE } {
        dot::multiply_column(simd, x, w, bias, y);
    } else if const { N * G > 1 && IN * N * G <= INLINE } && y.len() == N * G {
        row::multiply_row::<S, T, Times<1, IN>, N, G>(simd, x, w, bias, y);
    } else if const { N * G > 1 && N * G < NARROW } && y.len() == N * G {
        simd.outline(Narrow::<T, Times<1, IN>, N, G> { x, w, bias, y, inputs: PhantomData });
    } else {
        outlined(simd, x, w, N * G, bias, y);
    }
}

/// One row `x` of `TAPS * IN` elements: `y = x w + bias` (or without, if it is empty), one output of a convolution in time.
#[inline(always)]
pub fn multiply_window<S: Simd, T: Scalar, const TAPS: usize, const IN: usize, const OUT: usize>(
    simd: S,
    x: &[T],
    w: &[T],
    bias: &[T],
    y: &mut [T],
) {
    if const { TAPS * IN * OUT <= INLINE } {
        row::multiply_row::<S, T, Times<TAPS, IN>, OUT, 1>(simd, x, w, bias, y);
    } else if const { OUT < NARROW } {
        simd.outline(Narrow::<T, Times<TAPS, IN>, OUT, 1> { x, w, bias, y, inputs: PhantomData });
    } else {
        outlined(simd, x, w, OUT, bias, y);
    }
}

/// [`multiply_sample`] of sizes that are no constants: the same bits.
#[inline(always)]
pub fn multiply_rows<S: Simd, T: Scalar>(simd: S, x: &[T], w: &[T], columns: usize, bias: &[T], y: &mut [T]) {
    outlined(simd, x, w, columns, bias, y);
}

/// The rows of one sample, each kind in a function of its own: a program links those that it needs.
#[inline(always)]
fn outlined<S: Simd, T: Scalar>(simd: S, x: &[T], w: &[T], columns: usize, bias: &[T], y: &mut [T]) {
    if columns == 1 {
        simd.outline(Column { x, w, bias, y });
    } else if y.len() == columns {
        simd.outline(Streaming { x, w, columns, bias, y });
    } else {
        simd.outline(Direct { x, w, columns, bias, y });
    }
}

/// One row of a narrow layer, compiled once per shape.
struct Narrow<'a, T, IN, const N: usize, const G: usize> {
    x: &'a [T],
    w: &'a [T],
    bias: &'a [T],
    y: &'a mut [T],
    inputs: PhantomData<IN>,
}

impl<T: Scalar, IN: Number, const N: usize, const G: usize> Kernel for Narrow<'_, T, IN, N, G> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        row::multiply_row::<S, T, IN, N, G>(simd, self.x, self.w, self.bias, self.y);
    }
}

/// One output.
struct Column<'a, T> {
    x: &'a [T],
    w: &'a [T],
    bias: &'a [T],
    y: &'a mut [T],
}

impl<T: Scalar> Kernel for Column<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        dot::multiply_column(simd, self.x, self.w, self.bias, self.y);
    }
}

/// One row.
struct Streaming<'a, T> {
    x: &'a [T],
    w: &'a [T],
    columns: usize,
    bias: &'a [T],
    y: &'a mut [T],
}

impl<T: Scalar> Kernel for Streaming<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        stream::multiply_streaming(simd, self.x, self.w, self.columns, self.bias, self.y);
    }
}

/// Several rows.
struct Direct<'a, T> {
    x: &'a [T],
    w: &'a [T],
    columns: usize,
    bias: &'a [T],
    y: &'a mut [T],
}

impl<T: Scalar> Kernel for Direct<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        direct::multiply_direct(simd, self.x, self.w, self.columns, self.bias, self.y);
    }
}

/// The inner product of each row of `x` with each row of `table`, all `depth` long; `y` has a row for each of `x`.
#[inline(always)]
pub fn multiply_along<S: Simd, T: Scalar>(simd: S, x: &[T], table: &[T], depth: usize, y: &mut [T]) {
    simd.outline(Along { x, table, depth, y });
}

/// Rows with rows.
struct Along<'a, T> {
    x: &'a [T],
    table: &'a [T],
    depth: usize,
    y: &'a mut [T],
}

impl<T: Scalar> Kernel for Along<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        dot::multiply_along(simd, self.x, self.table, self.depth, self.y);
    }
}

/// Fewer rows of a batch go the way of the rows of one sample: packing the weights would cost as much as the product.
const FEW: usize = 4;
/// And so do any rows of a layer of fewer bytes of weights: they stay in the first-level cache where they are, and for few outputs packing
/// the rows would cost a good part of the product.
const SMALL: usize = 16 * 1024;

/// A product of samples with weights.
struct Forward<'a, T>(&'a [T], &'a [T], usize, &'a [T], &'a mut [T]);

impl<T: Scalar> Kernel for Forward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self(x, w, columns, bias, y) = self;
        if columns == 1 || y.len() < FEW * columns || size_of_val(w) <= SMALL {
            return outlined(simd, x, w, columns, bias, y);
        }
        let (a, w) = (Rows { values: x, depth: w.len() / columns }, Straight { values: w, columns });
        multiply(simd, a, w, Start::bias(bias), y);
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

/// The products of batches, on one thread. Implemented for both scalars without generics, so that they are compiled here, once, and not
/// in every crate that declares a network.
pub trait Products: Sized {
    /// `y = x w + bias` (or without, if it is empty).
    fn forward(x: &[Self], w: &[Self], columns: usize, bias: &[Self], y: &mut [Self]);
    /// `dx = dy w'`, or with `add` `dx += dy w'`.
    fn input_gradient(dy: &[Self], w: &[Self], columns: usize, add: bool, dx: &mut [Self]);
    /// `y = x table'`, as [`multiply_along`].
    fn along(x: &[Self], table: &[Self], depth: usize, y: &mut [Self]);
    /// `gradient += x' dy`, for the rows of the gradient from `first` on; `x` has `rows` columns in all.
    fn add_kernel_gradient(x: &[Self], rows: usize, first: usize, dy: &[Self], columns: usize, gradient: &mut [Self]);
}

macro_rules! products {
    ($($t:ident)*) => {$(
        impl Products for $t {
            #[inline(never)]
            fn forward(x: &[$t], w: &[$t], columns: usize, bias: &[$t], y: &mut [$t]) {
                dispatch(Forward(x, w, columns, bias, y));
            }
            #[inline(never)]
            fn input_gradient(dy: &[$t], w: &[$t], columns: usize, add: bool, dx: &mut [$t]) {
                let start = if add { Start::Add } else { Start::Zero };
                let (a, w) = (Rows { values: dy, depth: columns }, Transposed { values: w, depth: columns });
                dispatch(Backward(a, w, start, dx));
            }
            #[inline(never)]
            fn along(x: &[$t], table: &[$t], depth: usize, y: &mut [$t]) {
                dispatch(Along { x, table, depth, y });
            }
            #[inline(never)]
            fn add_kernel_gradient(x: &[$t], rows: usize, first: usize, dy: &[$t], columns: usize, gradient: &mut [$t]) {
                let (a, w) = (Columns { values: x, rows, first }, Straight { values: dy, columns });
                dispatch(Backward(a, w, Start::Add, gradient));
            }
        }
    )*};
}
products!(f32 f64);

/// `y = x w + bias` (or without, if it is empty) on all threads: `x` is `[rows, depth]`, and `finish` sees each finished block of rows
/// (an activation).
pub fn multiply_batch<T: Scalar>(
    executor: &dyn Executor,
    x: &[T],
    w: &[T],
    columns: usize,
    bias: &[T],
    y: &mut [T],
    finish: &(dyn Fn(&mut [T]) + Sync),
) {
    let depth = w.len() / columns;
    for_rows(executor, y, columns, TALLEST, &|first, block| {
        let rows = block.len() / columns;
        T::forward(&x[first * depth..][..rows * depth], w, columns, bias, block);
        finish(block);
    });
}

/// [`multiply_along`] on all threads.
pub fn multiply_along_batch<T: Scalar>(executor: &dyn Executor, x: &[T], table: &[T], depth: usize, y: &mut [T]) {
    let columns = table.len() / depth;
    for_rows(executor, y, columns, TALLEST, &|first, block| {
        T::along(&x[first * depth..][..block.len() / columns * depth], table, depth, block);
    });
}

/// `dx = dy w'` on all threads: `dy` is `[samples, columns]`, `w` is `[rows, columns]`, `dx` is `[samples, rows]`.
pub fn multiply_transposed<T: Scalar>(executor: &dyn Executor, dy: &[T], w: &[T], columns: usize, dx: &mut [T]) {
    transposed(executor, dy, w, columns, false, dx);
}

/// `dx += dy w'`, otherwise as [`multiply_transposed`].
pub fn add_transposed<T: Scalar>(executor: &dyn Executor, dy: &[T], w: &[T], columns: usize, dx: &mut [T]) {
    transposed(executor, dy, w, columns, true, dx);
}

fn transposed<T: Scalar>(executor: &dyn Executor, dy: &[T], w: &[T], columns: usize, add: bool, dx: &mut [T]) {
    let rows = w.len() / columns;
    for_rows(executor, dx, rows, TALLEST, &|first, block| {
        T::input_gradient(&dy[first * columns..][..block.len() / rows * columns], w, columns, add, block);
    });
}

/// `gradient += x' dy` on all threads: `x` is `[samples, rows]`, `dy` is `[samples, columns]`, `gradient` is `[rows, columns]`.
/// Each element sums the samples in order.
pub fn multiply_columns<T: Scalar>(executor: &dyn Executor, x: &[T], rows: usize, dy: &[T], columns: usize, gradient: &mut [T]) {
    for_rows(executor, gradient, columns, TALLEST, &|first, block| T::add_kernel_gradient(x, rows, first, dy, columns, block));
}

/// `gradient += sum of the rows of dy` on all threads.
pub fn add_bias_gradient<T: Scalar>(executor: &dyn Executor, dy: &[T], gradient: &mut [T]) {
    sum_columns(executor, dy, dy, [gradient], &|dy, _, _| [dy], &|gradient, sum| *gradient += sum);
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
        let small = [(1, 1, 1), (1, 3, 200), (7, 5, 3), (13, 9, 16), (6, 4, 65), (12, 8, 129), (5, 0, 4)];
        // Few rows of long chunks.
        let deep = [(4, 256, 128), (5, 200, 100), (1, 1024, 20), (2, 512, 70), (3, 341, 40), (7, 257, 80)];
        for (rows, depth, columns) in small.into_iter().chain(deep) {
            let (x, w, bias) = (numbers(rows * depth, 1), numbers(depth * columns, 2), numbers(columns, 3));
            let mut y = std::vec![9.0; rows * columns];
            if depth > 0 {
                multiply_batch(&Serial, &x, &w, columns, &bias, &mut y, &|_| ());
            } else {
                y.copy_from_slice(&bias.repeat(rows));
            }
            for r in 0..rows {
                for o in 0..columns {
                    let exact = bias[o] + (0..depth).map(|k| x[r * depth + k] * w[k * columns + o]).sum::<f64>();
                    assert!((y[r * columns + o] - exact).abs() < 1e-12, "{rows} {depth} {columns}: {r} {o}");
                }
            }
            let mut dx = std::vec![9.0; rows * depth];
            if depth > 0 {
                multiply_transposed(&Serial, &y, &w, columns, &mut dx);
            }
            for r in 0..rows {
                for k in 0..depth {
                    let exact = (0..columns).map(|o| y[r * columns + o] * w[k * columns + o]).sum::<f64>();
                    assert!((dx[r * depth + k] - exact).abs() < 1e-11, "{rows} {depth} {columns}: {r} {k}");
                }
            }
            // As deep as there were columns.
            let transposed: Vec<f64> = (0..depth * columns).map(|i| w[i % depth * columns + i / depth]).collect();
            let mut same = std::vec![9.0; rows * depth];
            if depth > 0 {
                multiply_batch(&Serial, &y, &transposed, depth, &[], &mut same, &|_| ());
            }
            assert!(same.iter().zip(&dx).all(|(a, b)| (a - b).abs() < 1e-11), "{rows} {depth} {columns}");
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
        // Many samples, few inputs: the samples are the depth of this product.
        for (samples, rows, columns) in [(256, 4, 128), (200, 5, 100), (1024, 1, 20), (512, 2, 70)] {
            let (x, dy) = (numbers(samples * rows, 5), numbers(samples * columns, 6));
            let mut gradient = std::vec![0.0; rows * columns];
            multiply_columns(&Serial, &x, rows, &dy, columns, &mut gradient);
            for (i, got) in gradient.iter().enumerate() {
                let exact = (0..samples).map(|s| x[s * rows + i / columns] * dy[s * columns + i % columns]).sum::<f64>();
                assert!((got - exact).abs() < 1e-11, "{samples} {rows} {columns}: {i}");
            }
        }
    }

    struct Alone<'a, T, const IN: usize, const OUT: usize>(&'a [T], &'a [T], &'a [T], &'a mut [T]);

    impl<T: Scalar, const IN: usize, const OUT: usize> Kernel for Alone<'_, T, IN, OUT> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) {
            multiply_sample::<S, T, IN, OUT>(simd, self.0, self.1, self.2, self.3);
            // The same outputs in two groups.
            if IN == 20 && OUT == 80 {
                self.3.fill(T::NAN);
                multiply_groups::<S, T, 20, 40, 2>(simd, self.0, self.1, self.2, self.3);
            }
        }
    }

    /// One row alone, a few rows of one sample, and a batch: five kernels, the same bits.
    fn same_bits<T: Scalar, const IN: usize, const OUT: usize>() {
        let rows = 29;
        let numbers = |n, seed| numbers(n, seed).into_iter().map(T::from_f64).collect::<Vec<T>>();
        let (x, w, bias) = (numbers(rows * IN, 1), numbers(IN * OUT, 2), numbers(OUT, 3));
        let mut all = std::vec![T::ZERO; rows * OUT];
        multiply_batch(&Serial, &x, &w, OUT, &bias, &mut all, &|_| ());
        for count in [1, 2, 5, 7, 8] {
            let mut few = std::vec![T::NAN; count * OUT];
            dispatch(Alone::<T, IN, OUT>(&x[..count * IN], &w, &bias, &mut few));
            assert_eq!(few, all[..count * OUT], "{IN} -> {OUT}, {count} rows");
        }
        for (x, y) in x.chunks(IN).zip(all.chunks(OUT)) {
            let exact = (0..IN).fold(bias[0].to_f64(), |sum, k| sum + x[k].to_f64() * w[k * OUT].to_f64());
            assert!((y[0].to_f64() - exact).abs() < 1e-4, "{IN} -> {OUT}: {} {exact}", y[0]);
        }
    }

    #[test]
    fn a_row_has_the_same_bits_alone_and_in_a_batch() {
        // Each shape is compiled once per instruction set: one for each way there is.
        same_bits::<f32, 300, 1>();
        same_bits::<f32, 33, 10>();
        same_bits::<f64, 33, 10>();
        same_bits::<f32, 512, 10>();
        same_bits::<f32, 64, 64>();
        same_bits::<f32, 20, 80>();
        same_bits::<f32, 150, 203>();
        same_bits::<f64, 700, 600>();
    }
}
