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

/// So many columns are added at a time: whole registers on every machine.
const STEP: usize = 16;

/// `sums += x w`, a few rows of weights at a time.
#[inline(always)]
fn add_rows<S: Simd, T: Scalar>(simd: S, x: &[T], w: &[T], columns: usize, column: usize, sums: &mut [T]) {
    let (xs, rest) = x.as_chunks::<ROWS>();
    for (i, x) in xs.iter().enumerate() {
        add_few::<S, T, ROWS>(simd, x, cut(w, i * ROWS * columns + column, (ROWS - 1) * columns + sums.len()), columns, sums);
    }
    for (i, x) in rest.iter().enumerate() {
        add_few::<S, T, 1>(simd, &[*x], cut(w, (xs.len() * ROWS + i) * columns + column, sums.len()), columns, sums);
    }
}

/// `sums += x w` for `R` rows of weights, which start `columns` apart.
#[inline(always)]
fn add_few<S: Simd, T: Scalar, const R: usize>(simd: S, x: &[T; R], w: &[T], columns: usize, sums: &mut [T]) {
    let lanes = T::Vector::<S>::LANES;
    let mut rows = [(&[][..], &[][..]); R];
    let mut factors = [T::Vector::<S>::splat(simd, T::ZERO); R];
    for r in 0..R {
        rows[r] = cut(w, r * columns, sums.len()).as_chunks::<STEP>();
        factors[r] = T::Vector::<S>::splat(simd, x[r]);
    }
    let (sums, last) = sums.as_chunks_mut::<STEP>();
    let none = [T::ZERO; STEP];
    for (i, sums) in sums.iter_mut().enumerate() {
        let mut blocks = [&none; R];
        for r in 0..R {
            let Some(block) = rows[r].0.get(i) else { return };
            blocks[r] = block;
        }
        for at in (0..STEP).step_by(lanes) {
            let mut sum = T::Vector::<S>::load(simd, cut(sums, at, lanes));
            for r in 0..R {
                sum = factors[r].mul_add(T::Vector::<S>::load(simd, cut(blocks[r], at, lanes)), sum);
            }
            if let Some(sums) = sums.get_mut(at..) {
                sum.store(sums);
            }
        }
    }
    for (i, sums) in last.chunks_mut(lanes).enumerate() {
        let mut sum = T::Vector::<S>::load_partial(simd, sums);
        for r in 0..R {
            sum = factors[r].mul_add(T::Vector::<S>::load_partial(simd, cut(rows[r].1, i * lanes, sums.len())), sum);
        }
        sum.store_partial(sums);
    }
}
