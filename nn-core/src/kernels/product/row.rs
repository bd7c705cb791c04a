//! A product of one row: one sample through a dense layer.

use super::chunks::Chunks;
use super::{End, Start, register};
use crate::scalar::Scalar;
use crate::simd::{Simd, Vector};

/// `y = x w` for one row `x`, compiled into the caller with its sizes: for small layers, where a call would cost as much.
///
/// Eight chains of multiply-adds are in flight whatever the width: the chunks of a narrow layer run side by side.
#[inline(always)]
pub fn multiply_row<S: Simd, T: Scalar>(simd: S, x: &[T], w: &[T], columns: usize, start: Start<'_, T>, y: &mut [T]) {
    let row = Row { x, w, columns, chunks: Chunks::of(x.len(), columns), start };
    match row.chunks.count {
        1 => row.run::<S, 1, 8>(simd, y),
        2 => row.run::<S, 2, 4>(simd, y),
        4 => row.run::<S, 4, 2>(simd, y),
        _ => row.run::<S, 8, 1>(simd, y),
    }
}

/// One row of a product.
#[derive(Clone, Copy)]
struct Row<'a, T> {
    x: &'a [T],
    w: &'a [T],
    columns: usize,
    chunks: Chunks,
    start: Start<'a, T>,
}

impl<T: Scalar> Row<'_, T> {
    /// `C` chunks side by side for `V` registers of outputs at a time.
    #[inline(always)]
    fn run<S: Simd, const C: usize, const V: usize>(self, simd: S, y: &mut [T]) {
        let lanes = T::Vector::<S>::LANES;
        let mut column = 0;
        while column + V * lanes <= self.columns {
            self.tile::<S, C, V, true>(simd, column, y);
            column += V * lanes;
        }
        if V > 2 {
            while column + 2 * lanes <= self.columns {
                self.tile::<S, C, 2, true>(simd, column, y);
                column += 2 * lanes;
            }
        }
        if V > 1 {
            while column + lanes <= self.columns {
                self.tile::<S, C, 1, true>(simd, column, y);
                column += lanes;
            }
        }
        if column < self.columns {
            self.tile::<S, C, 1, false>(simd, column, y);
        }
    }

    /// `V` registers of outputs from `column` on; partial unless `FULL`.
    #[inline(always)]
    fn tile<S: Simd, const C: usize, const V: usize, const FULL: bool>(self, simd: S, column: usize, y: &mut [T]) {
        let lanes = T::Vector::<S>::LANES;
        let width = if FULL { V * lanes } else { self.columns - column };
        let y = &mut y[column..][..width];
        let mut total = [T::Vector::<S>::splat(simd, T::ZERO); V];
        if matches!(self.start, Start::Add) {
            for v in 0..V {
                total[v] = register::<S, T, FULL>(simd, y, v);
            }
        }
        for group in (0..self.chunks.count).step_by(C) {
            let sums = self.chunks_of::<S, C, V, FULL>(simd, group, column, width);
            for c in 0..C {
                for v in 0..V {
                    let first = group + c == 0 && !matches!(self.start, Start::Add);
                    total[v] = if first { sums[c][v] } else { total[v].add(sums[c][v]) };
                }
            }
        }
        for (v, total) in total.iter().enumerate() {
            let sum = match self.start {
                Start::Bias(bias) => total.add(register::<S, T, FULL>(simd, &bias[column..][..width], v)),
                Start::Zero | Start::Add => *total,
            };
            if FULL {
                sum.store(&mut y[v * lanes..]);
            } else {
                sum.store_partial(y);
            }
        }
    }

    /// The sums of `C` chunks from chunk `group` on.
    #[inline(always)]
    fn chunks_of<S: Simd, const C: usize, const V: usize, const FULL: bool>(
        self,
        simd: S,
        group: usize,
        column: usize,
        width: usize,
    ) -> [[T::Vector<S>; V]; C] {
        let mut sums = [[T::Vector::<S>::splat(simd, T::ZERO); V]; C];
        for k in 0..self.chunks.short {
            for (c, sums) in sums.iter_mut().enumerate() {
                self.link::<S, V, FULL>(simd, self.chunks.start(group + c) + k, column, width, sums);
            }
        }
        for (c, sums) in sums.iter_mut().enumerate() {
            if group + c < self.chunks.longer {
                self.link::<S, V, FULL>(simd, self.chunks.start(group + c) + self.chunks.short, column, width, sums);
            }
        }
        sums
    }

    /// One more link of `V` chains: input `k`.
    #[inline(always)]
    fn link<S: Simd, const V: usize, const FULL: bool>(self, simd: S, k: usize, column: usize, width: usize, sums: &mut [T::Vector<S>; V]) {
        let weights = &self.w[k * self.columns + column..][..width];
        let factor = T::Vector::<S>::splat(simd, self.x[k]);
        for v in 0..V {
            sums[v] = factor.mul_add(register::<S, T, FULL>(simd, weights, v), sums[v]);
        }
    }
}

/// So many outputs are summed at a time when weights are read in the order of memory.
const STRIP: usize = 512;

/// `y = x w` for one row, where reading the weights is what takes the time: in the order of memory, the sums in the first-level cache.
#[inline(always)]
pub fn stream_row<S: Simd, T: Scalar>(simd: S, x: &[T], w: &[T], columns: usize, start: Start<'_, T>, y: &mut [T]) {
    let chunks = Chunks::of(x.len(), columns);
    let mut memory = [T::ZERO; STRIP];
    for (strip, y) in y.chunks_mut(STRIP).enumerate() {
        let column = strip * STRIP;
        let sums = &mut memory[..y.len()];
        for chunk in 0..chunks.count {
            let first = chunks.start(chunk);
            let x = &x[first..][..chunks.len(chunk)];
            let w = &w[first * columns..][..x.len() * columns];
            sums.fill(T::ZERO);
            add_rows::<S, T>(simd, x, w, columns, column, sums);
            let end = start.of_chunk(chunk, chunks.count);
            finish_strip::<S, T>(simd, sums, end, column, y);
        }
    }
}

/// Moves the sums of a chunk into the outputs from `column` on.
#[inline(always)]
fn finish_strip<S: Simd, T: Scalar>(simd: S, sums: &[T], end: End<'_, T>, column: usize, y: &mut [T]) {
    let lanes = T::Vector::<S>::LANES;
    let mut at = 0;
    while at < y.len() {
        let width = lanes.min(y.len() - at);
        if width == lanes {
            end.apply::<S, true>(simd, register::<S, T, true>(simd, &sums[at..], 0), column + at, &mut y[at..][..width]);
        } else {
            end.apply::<S, false>(simd, register::<S, T, false>(simd, &sums[at..], 0), column + at, &mut y[at..][..width]);
        }
        at += lanes;
    }
}

/// `sums += x w`, a few rows of weights at a time.
#[inline(always)]
fn add_rows<S: Simd, T: Scalar>(simd: S, x: &[T], w: &[T], columns: usize, column: usize, sums: &mut [T]) {
    const ROWS: usize = 4;
    let lanes = T::Vector::<S>::LANES;
    let width = sums.len();
    let (xs, x_rest) = x.as_chunks::<ROWS>();
    let (ws, w_rest) = w.split_at(xs.len() * ROWS * columns);
    for (x, w) in xs.iter().zip(ws.chunks_exact(ROWS * columns)) {
        let mut rows = [&w[..0]; ROWS];
        let mut factors = [T::Vector::<S>::splat(simd, T::ZERO); ROWS];
        for r in 0..ROWS {
            rows[r] = &w[r * columns + column..][..width];
            factors[r] = T::Vector::<S>::splat(simd, x[r]);
        }
        let mut at = 0;
        while at + lanes <= width {
            let mut sum = T::Vector::<S>::load(simd, &sums[at..]);
            for r in 0..ROWS {
                sum = factors[r].mul_add(T::Vector::<S>::load(simd, &rows[r][at..]), sum);
            }
            sum.store(&mut sums[at..]);
            at += lanes;
        }
        if at < width {
            let mut sum = T::Vector::<S>::load_partial(simd, &sums[at..]);
            for r in 0..ROWS {
                sum = factors[r].mul_add(T::Vector::<S>::load_partial(simd, &rows[r][at..]), sum);
            }
            sum.store_partial(&mut sums[at..]);
        }
    }
    for (x, w) in x_rest.iter().zip(w_rest.chunks_exact(columns)) {
        let (row, factor) = (&w[column..][..width], T::Vector::<S>::splat(simd, *x));
        for (sum, w) in sums.chunks_mut(lanes).zip(row.chunks(lanes)) {
            let new = factor.mul_add(T::Vector::<S>::load_partial(simd, w), T::Vector::<S>::load_partial(simd, sum));
            new.store_partial(sum);
        }
    }
}
