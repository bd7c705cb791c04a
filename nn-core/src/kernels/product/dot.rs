//! Dot products: a product with one column, and one with rows, whose operands both lie along the sum.

use super::cut;
use crate::scalar::Scalar;
use crate::simd::{Simd, Vector};

/// So many partial sums go side by side, whatever the vector width: input `i` belongs to sum `i % LANES`.
const LANES: usize = 32;

/// So many numbers of a table stay in a first-level cache while rows pass.
const BLOCK: usize = 4096;

/// `y = x w + bias` (or without, if it is empty), where `w` is one column.
#[inline(always)]
pub fn multiply_column<S: Simd, T: Scalar>(simd: S, x: &[T], w: &[T], bias: &[T], y: &mut [T]) {
    for (r, y) in y.iter_mut().enumerate() {
        let [sum] = dots(simd, [cut(x, r * w.len(), w.len())], w);
        *y = bias.first().map_or(sum, |bias| sum + *bias);
    }
}

/// The inner product of each row of `x` with each row of `table`, all `depth` long, each summed as in [`multiply_column`]: `y` has a row for
/// each of `x`.
#[inline(always)]
pub fn multiply_along<S: Simd, T: Scalar>(simd: S, x: &[T], table: &[T], depth: usize, y: &mut [T]) {
    let depth = depth.max(1);
    let (rows, columns, block) = (x.len() / depth, table.len() / depth, (BLOCK / depth).max(1));
    let at_once = if T::Vector::<S>::LANES < 16 { 2 } else { 4 };
    for first in (0..columns).step_by(block) {
        let part = cut(table, first * depth, block.min(columns - first) * depth);
        let mut row = 0;
        while row < rows {
            let product = Along { x, part, depth, first, columns };
            row += match rows - row {
                left if left >= 4 && at_once == 4 => product.rows::<S, 4>(simd, row, y),
                left if left >= 2 => product.rows::<S, 2>(simd, row, y),
                _ => product.rows::<S, 1>(simd, row, y),
            };
        }
    }
}

/// The rows of a table from `first` on, and those that they are multiplied with.
struct Along<'a, T> {
    x: &'a [T],
    part: &'a [T],
    depth: usize,
    first: usize,
    columns: usize,
}

impl<T: Scalar> Along<'_, T> {
    /// `R` rows of `x` at once, from `row` on. Returns how many.
    #[inline(always)]
    fn rows<S: Simd, const R: usize>(&self, simd: S, row: usize, y: &mut [T]) -> usize {
        let mut xs = [&self.x[..0]; R];
        for (i, x) in xs.iter_mut().enumerate() {
            *x = cut(self.x, (row + i) * self.depth, self.depth);
        }
        for (v, w) in self.part.chunks_exact(self.depth).enumerate() {
            for (i, sum) in dots(simd, xs, w).into_iter().enumerate() {
                if let Some(y) = y.get_mut((row + i) * self.columns + self.first + v) {
                    *y = sum;
                }
            }
        }
        R
    }
}

/// The inner products of `w` with each of `R` rows.
#[inline(always)]
fn dots<S: Simd, T: Scalar, const R: usize>(simd: S, rows: [&[T]; R], w: &[T]) -> [T; R] {
    let lanes = T::Vector::<S>::LANES;
    let mut sums = [[T::ZERO; LANES]; R];
    let (ws, w_rest) = w.as_chunks::<LANES>();
    // The registers of one block; on the widest machine there are two, on the narrowest sixteen.
    for at in (0..LANES).step_by(8 * lanes) {
        let mut registers = [[T::Vector::<S>::splat(simd, T::ZERO); 8]; R];
        for (chunk, w) in ws.iter().enumerate() {
            for i in 0..8 {
                let place = at + i * lanes;
                if place < LANES {
                    let w = T::Vector::<S>::load(simd, cut(w, place, lanes));
                    for (row, registers) in rows.iter().zip(&mut registers) {
                        let x = T::Vector::<S>::load(simd, cut(row, chunk * LANES + place, lanes));
                        registers[i] = x.mul_add(w, registers[i]);
                    }
                }
            }
        }
        for (sums, registers) in sums.iter_mut().zip(&registers) {
            for (i, register) in registers.iter().enumerate() {
                if let Some(sums) = sums.get_mut(at + i * lanes..at + (i + 1) * lanes) {
                    register.store(sums);
                }
            }
        }
    }
    let mut results = [T::ZERO; R];
    for ((row, sums), result) in rows.iter().zip(&mut sums).zip(&mut results) {
        let x_rest = row.get(ws.len() * LANES..).unwrap_or_default();
        for ((sums, x), w) in sums.chunks_exact_mut(lanes).zip(x_rest.chunks(lanes)).zip(w_rest.chunks(lanes)) {
            let sum =
                T::Vector::<S>::load_partial(simd, x).mul_add(T::Vector::<S>::load_partial(simd, w), T::Vector::<S>::load(simd, sums));
            sum.store(sums);
        }
        halve::<T, 16>(sums);
        halve::<T, 8>(sums);
        halve::<T, 4>(sums);
        halve::<T, 2>(sums);
        *result = sums[0] + sums[1];
    }
    results
}

/// Adds the second `H` sums to the first.
#[inline(always)]
fn halve<T: Scalar, const H: usize>(sums: &mut [T; LANES]) {
    let (head, tail) = sums.split_at_mut(H);
    for (head, tail) in head.iter_mut().zip(tail) {
        *head += *tail;
    }
}
