//! The right operand of a product, packed: the weights of a few registers of outputs, over one chunk, one after the other.
//!
//! In place, neighbouring rows of a wide matrix lie a power of two apart and fall into the same few sets of the first-level cache;
//! packed, they stay there while the whole batch passes.

use crate::scalar::Scalar;
use crate::simd::{Simd, Vector};

/// Bytes of a cache line.
pub const LINE: usize = 64;

/// The right operand `w(k, o)` of a product.
pub trait Weights<T: Scalar>: Copy + Sync {
    /// Writes `w(first_k + i, first_column ..)` to `panel[i]`; columns beyond `columns` are zero.
    fn pack<S: Simd, const V: usize>(&self, simd: S, first_k: usize, first_column: usize, panel: &mut [[T::Vector<S>; V]]);
    /// Asks for one of the cache lines that [`pack`](Self::pack) of a panel `wide` columns wide will read: line `i` of as many as it has rows.
    fn prefetch<S: Simd>(&self, simd: S, first_k: usize, first_column: usize, wide: usize, i: usize);
    /// How many columns there are.
    fn columns(&self) -> usize;
    /// How many rows there are.
    fn depth(&self) -> usize;
}

/// `[depth, columns]` in memory.
#[derive(Clone, Copy)]
pub struct Straight<'a, T> {
    /// The elements.
    pub values: &'a [T],
    /// The length of a row.
    pub columns: usize,
}

impl<T: Scalar> Weights<T> for Straight<'_, T> {
    #[inline(always)]
    fn pack<S: Simd, const V: usize>(&self, simd: S, first_k: usize, first_column: usize, panel: &mut [[T::Vector<S>; V]]) {
        let lanes = T::Vector::<S>::LANES;
        let width = (V * lanes).min(self.columns - first_column);
        let rows = self.values[first_k * self.columns..].chunks_exact(self.columns);
        if width == V * lanes {
            for (registers, row) in panel.iter_mut().zip(rows) {
                let row = &row[first_column..][..V * lanes];
                for (v, register) in registers.iter_mut().enumerate() {
                    *register = T::Vector::<S>::load(simd, &row[v * lanes..]);
                }
            }
        } else {
            for (registers, row) in panel.iter_mut().zip(rows) {
                let row = &row[first_column..][..width];
                for (v, register) in registers.iter_mut().enumerate() {
                    *register = T::Vector::<S>::load_partial(simd, &row[(v * lanes).min(width)..]);
                }
            }
        }
    }
    #[inline(always)]
    fn prefetch<S: Simd>(&self, simd: S, first_k: usize, first_column: usize, wide: usize, i: usize) {
        for line in (0..wide).step_by(LINE / size_of::<T>()) {
            simd.prefetch(self.values, (first_k + i) * self.columns + first_column + line);
        }
    }
    #[inline(always)]
    fn columns(&self) -> usize {
        self.columns
    }
    #[inline(always)]
    fn depth(&self) -> usize {
        self.values.len() / self.columns
    }
}

/// `[columns, depth]` in memory: the transpose of a kernel, for the gradient of its inputs.
#[derive(Clone, Copy)]
pub struct Transposed<'a, T> {
    /// The elements.
    pub values: &'a [T],
    /// The length of a row.
    pub depth: usize,
}

/// How many rows of a transposed panel are put together at a time.
const STRIP: usize = 16;
/// The widest panel: four registers of sixteen lanes.
const WIDEST: usize = 64;

/// So many columns at a time, in a loop of fixed size that becomes shuffles of registers.
const SQUARE: usize = 8;

/// The starts of `SQUARE` rows become columns of `strip`, from `column` on.
#[inline(always)]
fn transpose<'a, T: Scalar>(rows: impl Iterator<Item = &'a [T]>, column: usize, strip: &mut [[T; WIDEST]; STRIP]) {
    let mut square = [[T::ZERO; STRIP]; SQUARE];
    for (square, row) in square.iter_mut().zip(rows) {
        square.copy_from_slice(&row[..STRIP]);
    }
    for (k, strip) in strip.iter_mut().enumerate() {
        let strip = &mut strip[column..][..SQUARE];
        for c in 0..SQUARE {
            strip[c] = square[c][k];
        }
    }
}

impl<T: Scalar> Weights<T> for Transposed<'_, T> {
    #[inline(always)]
    fn pack<S: Simd, const V: usize>(&self, simd: S, first_k: usize, first_column: usize, panel: &mut [[T::Vector<S>; V]]) {
        let lanes = T::Vector::<S>::LANES;
        let width = (V * lanes).min(self.columns() - first_column);
        let mut strip = [[T::ZERO; WIDEST]; STRIP];
        for (block, panel) in panel.chunks_mut(STRIP).enumerate() {
            let k = first_k + block * STRIP;
            let mut column = 0;
            while column < width {
                let rows = self.values[(first_column + column) * self.depth + k..].chunks(self.depth);
                column += if panel.len() == STRIP && column + SQUARE <= width {
                    transpose(rows, column, &mut strip);
                    SQUARE
                } else {
                    if let Some(row) = { rows }.next() {
                        for (strip, x) in strip.iter_mut().zip(&row[..panel.len()]) {
                            strip[column] = *x;
                        }
                    }
                    1
                };
            }
            for (registers, strip) in panel.iter_mut().zip(&strip) {
                for (v, register) in registers.iter_mut().enumerate() {
                    *register = T::Vector::<S>::load(simd, &strip[v * lanes..]);
                }
            }
        }
    }
    #[inline(always)]
    fn prefetch<S: Simd>(&self, simd: S, first_k: usize, first_column: usize, wide: usize, i: usize) {
        let line = i / wide * (LINE / size_of::<T>());
        simd.prefetch(self.values, (first_column + i % wide) * self.depth + first_k + line);
    }
    #[inline(always)]
    fn columns(&self) -> usize {
        self.values.len() / self.depth
    }
    #[inline(always)]
    fn depth(&self) -> usize {
        self.depth
    }
}

/// A panel of so few rows is a short one: clearing a long one would take longer than many a product.
pub const SHORT: usize = 64;

/// Memory for a panel of chunks of up to `ROWS` rows.
#[inline(always)]
pub fn panel<S: Simd, T: Scalar, const V: usize, const ROWS: usize>(simd: S) -> [[T::Vector<S>; V]; ROWS] {
    [[T::Vector::<S>::splat(simd, T::ZERO); V]; ROWS]
}
