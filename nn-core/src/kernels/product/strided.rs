//! Small products within one sample, of matrices that lie in larger ones: the scores of attention and what is made of them.

use super::tile::height;
use super::{cut, register};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, Vector};

/// `y[r, c] = sum over k of a(r, k) * w(k, c)`, each sum one chain of multiply-adds over `k` in order: so an element has the same bits
/// whatever is computed with it.
#[derive(Clone, Copy)]
pub struct Strided<'a, T> {
    /// The left operand: `a(r, k)` is element `r * a_row + k * a_step`.
    pub a: &'a [T],
    /// From row to row of `a`.
    pub a_row: usize,
    /// From element to element of a row of `a`.
    pub a_step: usize,
    /// The right operand: `w(k, c)` is element `k * w_row + c`.
    pub w: &'a [T],
    /// From row to row of `w`.
    pub w_row: usize,
    /// The number of rows of `y`.
    pub rows: usize,
    /// The length of the sums.
    pub depth: usize,
    /// The number of columns of `y`.
    pub columns: usize,
    /// From row to row of `y`.
    pub y_row: usize,
    /// What is left out.
    pub triangle: Triangle,
    /// Whether the sums start with what is in `y`.
    pub add: bool,
}

/// What a product leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Triangle {
    /// Nothing.
    Whole,
    /// Of row `r` the terms after `k = r`, whatever they are: not even a NaN among them is seen.
    Depth,
    /// Of row `r` the columns after `c = r` need not be computed.
    Columns,
}

/// Computes a product into `y`, in a function of its own.
#[inline(always)]
pub fn multiply_strided<S: Simd, T: Scalar>(simd: S, product: Strided<'_, T>, y: &mut [T]) {
    simd.outline(Multiply { product, y });
}

/// A product on its way into a function.
struct Multiply<'a, T> {
    product: Strided<'a, T>,
    y: &'a mut [T],
}

impl<T: Scalar> Kernel for Multiply<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        self.product.run(simd, self.y);
    }
}

impl<T: Scalar> Strided<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S, y: &mut [T]) {
        let mut row = 0;
        while row < self.rows {
            let height = height(self.rows - row);
            match height {
                6 => self.band::<S, 6>(simd, row, y),
                4 => self.band::<S, 4>(simd, row, y),
                2 => self.band::<S, 2>(simd, row, y),
                _ => self.band::<S, 1>(simd, row, y),
            }
            row += height;
        }
    }

    /// `R` rows from `row` on.
    #[inline(always)]
    fn band<S: Simd, const R: usize>(self, simd: S, row: usize, y: &mut [T]) {
        let lanes = T::Vector::<S>::LANES;
        let columns = if self.triangle == Triangle::Columns { self.columns.min(row + R) } else { self.columns };
        let mut column = 0;
        if const { S::REGISTERS >= 32 } {
            while column + 4 * lanes <= columns {
                self.tile::<S, R, 4, true>(simd, row, column, 4 * lanes, y);
                column += 4 * lanes;
            }
        }
        while column + 2 * lanes <= columns {
            self.tile::<S, R, 2, true>(simd, row, column, 2 * lanes, y);
            column += 2 * lanes;
        }
        while column + lanes <= columns {
            self.tile::<S, R, 1, true>(simd, row, column, lanes, y);
            column += lanes;
        }
        if column < columns {
            self.tile::<S, R, 1, false>(simd, row, column, columns - column, y);
        }
    }

    /// `R` rows by `V` registers of columns; `width` columns, fewer than a register unless `FULL`.
    #[inline(always)]
    fn tile<S: Simd, const R: usize, const V: usize, const FULL: bool>(
        self,
        simd: S,
        row: usize,
        column: usize,
        width: usize,
        y: &mut [T],
    ) {
        let lanes = T::Vector::<S>::LANES;
        let mut sums = [[T::Vector::<S>::splat(simd, T::ZERO); V]; R];
        if self.add {
            for r in 0..R {
                let y = cut(y, (row + r) * self.y_row + column, width);
                for v in 0..V {
                    sums[r][v] = register::<S, T, FULL>(simd, y, v);
                }
            }
        }
        let common = if self.triangle == Triangle::Depth { self.depth.min(row + 1) } else { self.depth };
        for k in 0..common {
            let weights = self.weights::<S, V, FULL>(simd, k, column, width);
            for r in 0..R {
                let factor = self.factor(simd, row + r, k);
                for v in 0..V {
                    sums[r][v] = factor.mul_add(weights[v], sums[r][v]);
                }
            }
        }
        for k in common..self.depth.min(row + R) {
            let weights = self.weights::<S, V, FULL>(simd, k, column, width);
            for r in 0..R {
                if k <= row + r {
                    let factor = self.factor(simd, row + r, k);
                    for v in 0..V {
                        sums[r][v] = factor.mul_add(weights[v], sums[r][v]);
                    }
                }
            }
        }
        for r in 0..R {
            let at = (row + r) * self.y_row + column;
            let Some(y) = y.get_mut(at..at + width) else { return };
            for v in 0..V {
                if FULL {
                    if let Some(y) = y.get_mut(v * lanes..) {
                        sums[r][v].store(y);
                    }
                } else {
                    sums[r][v].store_partial(y);
                }
            }
        }
    }

    #[inline(always)]
    fn weights<S: Simd, const V: usize, const FULL: bool>(self, simd: S, k: usize, column: usize, width: usize) -> [T::Vector<S>; V] {
        let row = cut(self.w, k * self.w_row + column, width);
        let mut registers = [T::Vector::<S>::splat(simd, T::ZERO); V];
        for v in 0..V {
            registers[v] = register::<S, T, FULL>(simd, row, v);
        }
        registers
    }

    #[inline(always)]
    fn factor<S: Simd>(self, simd: S, row: usize, k: usize) -> T::Vector<S> {
        T::Vector::<S>::splat(simd, self.a.get(row * self.a_row + k * self.a_step).copied().unwrap_or(T::ZERO))
    }
}

/// The rows of `from`, each `row` elements after the one before and `len` long, become the columns of `to`.
#[inline(always)]
pub fn transpose<T: Scalar>(from: &[T], row: usize, len: usize, to: &mut [T]) {
    let rows = to.len() / len.max(1);
    for (i, to) in to.chunks_exact_mut(rows.max(1)).enumerate() {
        let column = from.get(i..).unwrap_or_default().iter().step_by(row.max(1));
        for (to, from) in to.iter_mut().zip(column) {
            *to = *from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use crate::simd::{Level, run_at};
    use std::vec::Vec;

    struct Run<'a>(Strided<'a, f32>, &'a mut [f32]);

    impl Kernel for Run<'_> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) {
            multiply_strided(simd, self.0, self.1);
        }
    }

    #[test]
    fn equals_the_naive_product_in_every_form() {
        let numbers = |seed| (0..4000).map(|i| Random::new(seed).uniform(i) as f32 - 0.5).collect::<Vec<f32>>();
        let (a, w) = (numbers(1), numbers(2));
        for (rows, depth, columns) in [(1, 3, 5), (7, 16, 33), (13, 5, 70), (9, 9, 9)] {
            for triangle in [Triangle::Whole, Triangle::Depth, Triangle::Columns] {
                for (a_row, a_step) in [(depth + 2, 1), (1, rows + 1)] {
                    for add in [false, true] {
                        let (w_row, y_row) = (columns + 3, columns + 1);
                        let w = if triangle == Triangle::Depth {
                            // What is left out of every row may be anything.
                            w.iter().enumerate().map(|(i, w)| if i / w_row >= rows { f32::NAN } else { *w }).collect()
                        } else {
                            w.clone()
                        };
                        let product = Strided { a: &a, a_row, a_step, w: &w, w_row, rows, depth, columns, y_row, triangle, add };
                        let mut bits = None;
                        for level in [Level::Avx2, Level::Avx512] {
                            let mut y = std::vec![0.5f32; rows * y_row];
                            if run_at(level, Run(product, &mut y)).is_none() {
                                continue;
                            }
                            for r in 0..rows {
                                for c in 0..columns {
                                    if triangle == Triangle::Columns && c > r {
                                        continue;
                                    }
                                    let last = if triangle == Triangle::Depth { depth.min(r + 1) } else { depth };
                                    let terms = (0..last).map(|k| f64::from(a[r * a_row + k * a_step]) * f64::from(w[k * w_row + c]));
                                    let exact = terms.sum::<f64>() + if add { 0.5 } else { 0.0 };
                                    let got = f64::from(y[r * y_row + c]);
                                    assert!((got - exact).abs() < 1e-5, "{rows} {depth} {columns} {triangle:?} {add}: {got} {exact}");
                                }
                            }
                            if triangle != Triangle::Columns {
                                let found: Vec<u32> = y.iter().map(|y| y.to_bits()).collect();
                                assert_eq!(*bits.get_or_insert(found.clone()), found, "the same on every machine");
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn rows_become_columns() {
        let from: Vec<f32> = (0..12u8).map(f32::from).collect();
        let mut to = [0.0; 6];
        transpose(&from, 4, 2, &mut to);
        assert_eq!(to, [0.0, 4.0, 8.0, 1.0, 5.0, 9.0]);
    }
}
