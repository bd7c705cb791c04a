//! A product of several rows of one sample: operands in place, no memory of its own.

use super::chunks::Chunks;
use super::tile::height;
use super::{Start, cut, register};
use crate::scalar::Scalar;
use crate::simd::{Simd, Vector};

/// `y = x w + bias` (or without, if it is empty): `x` is `[rows, depth]`, `w` is `[depth, columns]`.
#[inline(always)]
pub fn multiply_direct<S: Simd, T: Scalar>(simd: S, x: &[T], w: &[T], columns: usize, bias: &[T], y: &mut [T]) {
    let columns = columns.max(1);
    let (rows, depth) = (y.len() / columns, w.len() / columns);
    let chunks = Chunks::of(depth, columns);
    for chunk in 0..chunks.count {
        let first = chunks.start(chunk);
        let len = chunks.len(chunk);
        let product = Part {
            x,
            depth,
            first,
            len,
            w: cut(w, first * columns, len * columns),
            columns,
            end: Start::bias(bias).of_chunk(chunk, chunks.count),
        };
        let mut row = 0;
        while row < rows {
            let height = height(rows - row);
            let Some(y) = y.get_mut(row * columns..(row + height) * columns) else { return };
            match height {
                6 => product.band::<S, 6>(simd, row, y),
                4 => product.band::<S, 4>(simd, row, y),
                2 => product.band::<S, 2>(simd, row, y),
                _ => product.band::<S, 1>(simd, row, y),
            }
            row += height;
        }
    }
}

/// One chunk of a product.
#[derive(Clone, Copy)]
struct Part<'a, T> {
    x: &'a [T],
    depth: usize,
    first: usize,
    len: usize,
    w: &'a [T],
    columns: usize,
    end: super::End<'a, T>,
}

impl<T: Scalar> Part<'_, T> {
    /// `R` rows from `row` on.
    #[inline(always)]
    fn band<S: Simd, const R: usize>(self, simd: S, row: usize, y: &mut [T]) {
        let lanes = T::Vector::<S>::LANES;
        let mut column = 0;
        if const { S::REGISTERS >= 32 } {
            while column + 4 * lanes <= self.columns {
                self.tile::<S, R, 4, true>(simd, row, column, y);
                column += 4 * lanes;
            }
        }
        while column + 2 * lanes <= self.columns {
            self.tile::<S, R, 2, true>(simd, row, column, y);
            column += 2 * lanes;
        }
        while column + lanes <= self.columns {
            self.tile::<S, R, 1, true>(simd, row, column, y);
            column += lanes;
        }
        if column < self.columns {
            self.tile::<S, R, 1, false>(simd, row, column, y);
        }
    }

    /// `R` rows by `V` registers of columns; partial unless `FULL`.
    #[inline(always)]
    fn tile<S: Simd, const R: usize, const V: usize, const FULL: bool>(self, simd: S, row: usize, column: usize, y: &mut [T]) {
        let lanes = T::Vector::<S>::LANES;
        let width = if FULL { V * lanes } else { self.columns - column };
        let mut rows = [&self.x[..0]; R];
        for (r, x) in rows.iter_mut().enumerate() {
            *x = cut(self.x, (row + r) * self.depth + self.first, self.len);
        }
        let mut sums = [[T::Vector::<S>::splat(simd, T::ZERO); V]; R];
        // Said once here, the compiler need not ask at every step.
        if rows.iter().any(|row| row.len() != self.len) {
            return;
        }
        for (k, weights) in self.w.chunks_exact(self.columns).enumerate().take(self.len) {
            let Some(weights) = weights.get(column..column + width) else { return };
            let mut registers = [T::Vector::<S>::splat(simd, T::ZERO); V];
            for v in 0..V {
                registers[v] = register::<S, T, FULL>(simd, weights, v);
            }
            for r in 0..R {
                let factor = T::Vector::<S>::splat(simd, rows[r].get(k).copied().unwrap_or(T::ZERO));
                for v in 0..V {
                    sums[r][v] = factor.mul_add(registers[v], sums[r][v]);
                }
            }
        }
        for (sums, y) in sums.iter().zip(y.chunks_exact_mut(self.columns)) {
            for (v, sum) in sums.iter().enumerate() {
                if let Some(y) = y.get_mut(column + v * lanes..column + if FULL { (v + 1) * lanes } else { width }) {
                    self.end.apply::<S, FULL>(simd, *sum, column + v * lanes, y);
                }
            }
        }
    }
}
