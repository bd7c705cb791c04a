//! A product of one row of a large layer, where reading the weights is what takes the time.

use super::chunks::Chunks;
use super::{End, Start, cut, register};
use crate::scalar::Scalar;
use crate::simd::{Simd, Vector};

/// So many outputs are summed at a time.
const STRIP: usize = 512;
/// So many rows of weights are added at a time.
const ROWS: usize = 8;

/// `y = x w + bias` (or without, if it is empty) for one row: the weights in the order of memory, the sums in the first-level cache.
#[inline(always)]
pub fn multiply_streaming<S: Simd, T: Scalar>(simd: S, x: &[T], w: &[T], columns: usize, bias: &[T], y: &mut [T]) {
    let chunks = Chunks::of(x.len(), columns);
    let mut memory = [T::ZERO; STRIP];
    for (strip, y) in y.chunks_mut(STRIP).enumerate() {
        let column = strip * STRIP;
        let Some(sums) = memory.get_mut(..y.len()) else { return };
        for chunk in 0..chunks.count {
            let first = chunks.start(chunk);
            let x = cut(x, first, chunks.len(chunk));
            let w = cut(w, first * columns, x.len() * columns);
            sums.fill(T::ZERO);
            add_rows::<S, T>(simd, x, w, columns, column, sums);
            finish::<S, T>(simd, sums, Start::bias(bias).of_chunk(chunk, chunks.count), column, y);
        }
    }
}

/// Moves the sums of a chunk into the outputs from `column` on.
#[inline(always)]
fn finish<S: Simd, T: Scalar>(simd: S, sums: &[T], end: End<'_, T>, column: usize, y: &mut [T]) {
    let lanes = T::Vector::<S>::LANES;
    let mut column = column;
    for (sums, y) in sums.chunks(lanes).zip(y.chunks_mut(lanes)) {
        if y.len() == lanes {
            end.apply::<S, true>(simd, register::<S, T, true>(simd, sums, 0), column, y);
        } else {
            end.apply::<S, false>(simd, register::<S, T, false>(simd, sums, 0), column, y);
        }
        column += lanes;
    }
}

/// `sums += x w`, a few rows of weights at a time.
#[inline(always)]
fn add_rows<S: Simd, T: Scalar>(simd: S, x: &[T], w: &[T], columns: usize, column: usize, sums: &mut [T]) {
    let lanes = T::Vector::<S>::LANES;
    let (xs, rest) = x.as_chunks::<ROWS>();
    for (i, x) in xs.iter().enumerate() {
        let mut rows = [&w[..0]; ROWS];
        let mut factors = [T::Vector::<S>::splat(simd, T::ZERO); ROWS];
        for r in 0..ROWS {
            rows[r] = cut(w, (i * ROWS + r) * columns + column, sums.len());
            factors[r] = T::Vector::<S>::splat(simd, x[r]);
        }
        // Said once here, the compiler need not ask at every load.
        if rows.iter().any(|row| row.len() != sums.len()) {
            return;
        }
        let mut at = 0;
        while let Some(sums) = sums.get_mut(at..at + lanes) {
            let mut sum = T::Vector::<S>::load(simd, sums);
            for r in 0..ROWS {
                sum = factors[r].mul_add(T::Vector::<S>::load(simd, cut(rows[r], at, lanes)), sum);
            }
            sum.store(sums);
            at += lanes;
        }
        if let Some(sums) = sums.get_mut(at..)
            && !sums.is_empty()
        {
            let mut sum = T::Vector::<S>::load_partial(simd, sums);
            for r in 0..ROWS {
                sum = factors[r].mul_add(T::Vector::<S>::load_partial(simd, cut(rows[r], at, sums.len())), sum);
            }
            sum.store_partial(sums);
        }
    }
    for (r, x) in rest.iter().enumerate() {
        let row = cut(w, (xs.len() * ROWS + r) * columns + column, sums.len());
        let factor = T::Vector::<S>::splat(simd, *x);
        for (sum, w) in sums.chunks_mut(lanes).zip(row.chunks(lanes)) {
            let new = factor.mul_add(T::Vector::<S>::load_partial(simd, w), T::Vector::<S>::load_partial(simd, sum));
            new.store_partial(sum);
        }
    }
}
