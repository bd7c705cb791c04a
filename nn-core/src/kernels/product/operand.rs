//! The left operand of a product: a batch of samples, by rows or seen transposed.

use crate::scalar::Scalar;

/// The left operand `a(r, k)` of a product.
pub trait Operand<T>: Copy + Sync {
    /// Writes `a(first_row + r, first_k + k)` to `to[k * R + r]`, for `R` rows and as many `k` as there is room for.
    fn pack<const R: usize>(&self, first_row: usize, first_k: usize, to: &mut [T]);
}

/// Row after row in memory: samples of a batch.
#[derive(Clone, Copy)]
pub struct Rows<'a, T> {
    /// The elements.
    pub values: &'a [T],
    /// The length of a row.
    pub depth: usize,
}

impl<T: Scalar> Operand<T> for Rows<'_, T> {
    #[inline(always)]
    fn pack<const R: usize>(&self, first_row: usize, first_k: usize, to: &mut [T]) {
        let len = to.len() / R;
        let to = to.as_chunks_mut::<R>().0;
        let mut rows = [&self.values[..0]; R];
        for (r, row) in rows.iter_mut().enumerate() {
            *row = &self.values[(first_row + r) * self.depth + first_k..][..len];
        }
        for (k, to) in to.iter_mut().enumerate() {
            for r in 0..R {
                to[r] = rows[r][k];
            }
        }
    }
}

/// Column after column in memory: the same samples, seen transposed.
#[derive(Clone, Copy)]
pub struct Columns<'a, T> {
    /// The elements.
    pub values: &'a [T],
    /// The length of a column: how many rows there are in all.
    pub rows: usize,
    /// The row that counts as the first.
    pub first: usize,
}

impl<T: Scalar> Operand<T> for Columns<'_, T> {
    #[inline(always)]
    fn pack<const R: usize>(&self, first_row: usize, first_k: usize, to: &mut [T]) {
        let columns = self.values[first_k * self.rows..].chunks(self.rows);
        for (column, to) in columns.zip(to.as_chunks_mut::<R>().0) {
            to.copy_from_slice(&column[self.first + first_row..][..R]);
        }
    }
}
