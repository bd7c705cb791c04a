//! Transposition, in blocks that fit the cache.

use crate::executor::{Executor, for_rows};
use crate::scalar::Scalar;

/// `to = from'`: `from` is `[rows, columns]`, `to` is `[columns, rows]`.
pub fn transpose<T: Scalar>(executor: &dyn Executor, from: &[T], columns: usize, to: &mut [T]) {
    let rows = from.len() / columns;
    for_rows(executor, to, rows, 16, &|first, block| {
        for (band, to) in block.chunks_mut(16 * rows).enumerate() {
            let column = first + band * 16;
            let width = to.len() / rows;
            for (row, from) in from.chunks_exact(columns).enumerate() {
                for (i, x) in from[column..][..width].iter().enumerate() {
                    to[i * rows + row] = *x;
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::Serial;

    #[test]
    fn moves_every_element() {
        for (rows, columns) in [(1, 1), (3, 40), (50, 7), (33, 34)] {
            let from: std::vec::Vec<f32> = (0..rows * columns).map(|i| i as f32).collect();
            let mut to = std::vec![0.0; rows * columns];
            transpose(&Serial, &from, columns, &mut to);
            for r in 0..rows {
                for c in 0..columns {
                    assert_eq!(to[c * rows + r], from[r * columns + c]);
                }
            }
        }
    }
}
