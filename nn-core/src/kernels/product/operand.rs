//! The left operand of a product: a batch of samples, by rows or seen transposed.

use crate::scalar::Scalar;

/// The left operand `a(r, k)` of a product.
pub trait Operand<T>: Copy + Sync {
    /// `R` rows of it.
    type Tile<const R: usize>: Copy;
    /// The elements `first_k .. first_k + len` of the rows from `first_row` on.
    fn tile<const R: usize>(&self, first_row: usize, first_k: usize, len: usize) -> Self::Tile<R>;
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
    fn tile<const R: usize>(&self, first_row: usize, first_k: usize, len: usize) -> [&'a [T]; R] {
        let mut rows = [&self.values[..0]; R];
        for (r, row) in rows.iter_mut().enumerate() {
            *row = &self.values[(first_row + r) * self.depth + first_k..][..len];
        }
        rows
    }
    #[inline(always)]
    fn column<const R: usize>(tile: [&'a [T]; R], k: usize) -> [T; R] {
        let mut column = [T::ZERO; R];
        for (x, row) in column.iter_mut().zip(tile) {
            *x = row[k];
        }
        column
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
    fn tile<const R: usize>(&self, first_row: usize, first_k: usize, _: usize) -> (&'a [T], usize) {
        (&self.values[first_k * self.rows + first_row..], self.rows)
    }
    #[inline(always)]
    fn column<const R: usize>((values, stride): (&'a [T], usize), k: usize) -> [T; R] {
        let from = &values[k * stride..][..R];
        let mut column = [T::ZERO; R];
        for (x, from) in column.iter_mut().zip(from) {
            *x = *from;
        }
        column
    }
}
