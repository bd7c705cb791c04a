//! A product of one row of a layer small enough that its sizes are compiled in.

use super::chunks::Chunks;
use super::{cut, register};
use crate::scalar::Scalar;
use crate::simd::{Simd, Vector};
use core::marker::PhantomData;

/// The number of inputs as a type: a product of two sizes, of which stable Rust makes no const argument.
pub struct Times<const A: usize, const B: usize>;

/// A number as a type.
pub trait Number {
    /// It.
    const VALUE: usize;
}

impl<const A: usize, const B: usize> Number for Times<A, B> {
    const VALUE: usize = A * B;
}

/// `y = x w + bias` (or without, if it is empty) for one row `x` of `IN` elements to `G` groups of `N` outputs, compiled into the caller:
/// for small layers, where a call would cost as much. There is no arithmetic on sizes in types, so the number of outputs is a product.
///
/// Eight chains of multiply-adds are in flight whatever the width: where a layer has fewer registers of outputs, its chunks run side by
/// side. Which tiles there are is decided before code is generated, so a layer costs only the code that it runs.
#[inline(always)]
pub fn multiply_row<S: Simd, T: Scalar, IN: Number, const N: usize, const G: usize>(simd: S, x: &[T], w: &[T], bias: &[T], y: &mut [T]) {
    let row = Row::<T, IN, N, G> { x, w, bias, inputs: PhantomData };
    // One tile where that many sums fit into the registers, so that no chain is left to wait alone.
    macro_rules! one_tile {
        ($($v:literal)*) => {$(
            if const { N * G / Lanes::<S, T>::of(1) == $v } {
                row.columns::<S, $v, true>(simd, 0, 1, y);
            }
        )*};
    }
    one_tile!(3 5 6 7 9 10 11 12);
    if const { !matches!(N * G / Lanes::<S, T>::of(1), 3 | 5..=7 | 9..=12) } {
        row.powers_of_two(simd, y);
    }
    if const { !(N * G).is_multiple_of(Lanes::<S, T>::of(1)) } {
        row.columns::<S, 1, false>(simd, const { N * G / Lanes::<S, T>::of(1) * Lanes::<S, T>::of(1) }, 1, y);
    }
}

/// The lanes of some registers.
struct Lanes<S, T>(PhantomData<(S, T)>);

impl<S: Simd, T: Scalar> Lanes<S, T> {
    const fn of(registers: usize) -> usize {
        registers * T::Vector::<S>::LANES
    }
}

/// One row of a product.
struct Row<'a, T, IN, const N: usize, const G: usize> {
    x: &'a [T],
    w: &'a [T],
    bias: &'a [T],
    inputs: PhantomData<IN>,
}

impl<T, IN, const N: usize, const G: usize> Clone for Row<'_, T, IN, N, G> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T, IN, const N: usize, const G: usize> Copy for Row<'_, T, IN, N, G> {}

impl<T: Scalar, IN: Number, const N: usize, const G: usize> Row<'_, T, IN, N, G> {
    const OUT: usize = N * G;
    const CHUNKS: Chunks = Chunks::of(IN::VALUE, N * G);

    /// All full registers, in tiles of 8, 4, 2 and 1.
    #[inline(always)]
    fn powers_of_two<S: Simd>(self, simd: S, y: &mut [T]) {
        self.columns::<S, 8, true>(simd, 0, N * G / Lanes::<S, T>::of(8), y);
        if const { N * G % Lanes::<S, T>::of(8) >= Lanes::<S, T>::of(4) } {
            self.columns::<S, 4, true>(simd, const { N * G / Lanes::<S, T>::of(8) * Lanes::<S, T>::of(8) }, 1, y);
        }
        if const { N * G % Lanes::<S, T>::of(4) >= Lanes::<S, T>::of(2) } {
            self.columns::<S, 2, true>(simd, const { N * G / Lanes::<S, T>::of(4) * Lanes::<S, T>::of(4) }, 1, y);
        }
        if const { N * G % Lanes::<S, T>::of(2) >= Lanes::<S, T>::of(1) } {
            self.columns::<S, 1, true>(simd, const { N * G / Lanes::<S, T>::of(2) * Lanes::<S, T>::of(2) }, 1, y);
        }
    }

    /// `times` tiles of `V` registers of outputs, from `column` on.
    #[inline(always)]
    fn columns<S: Simd, const V: usize, const FULL: bool>(self, simd: S, column: usize, times: usize, y: &mut [T]) {
        let wide = Lanes::<S, T>::of(V);
        for i in 0..times {
            let column = column + i * wide;
            // As many chunks side by side as make eight chains.
            if const { V >= 8 || Self::CHUNKS.count == 1 } {
                self.tile::<S, 1, V, FULL>(simd, column, y);
            } else if const { V >= 4 || Self::CHUNKS.count == 2 } {
                self.tile::<S, 2, V, FULL>(simd, column, y);
            } else if const { V >= 2 || Self::CHUNKS.count == 4 } {
                self.tile::<S, 4, V, FULL>(simd, column, y);
            } else {
                self.tile::<S, 8, V, FULL>(simd, column, y);
            }
        }
    }

    /// `V` registers of outputs from `column` on, `C` chunks at a time; partial unless `FULL`.
    #[inline(always)]
    fn tile<S: Simd, const C: usize, const V: usize, const FULL: bool>(self, simd: S, column: usize, y: &mut [T]) {
        let width = if FULL { Lanes::<S, T>::of(V) } else { Self::OUT - column };
        let Some(y) = y.get_mut(column..column + width) else { return };
        let mut total = [T::Vector::<S>::splat(simd, T::ZERO); V];
        for group in (0..Self::CHUNKS.count).step_by(C) {
            let sums = self.chunks_of::<S, C, V, FULL>(simd, group, column, width);
            for c in 0..C {
                for v in 0..V {
                    total[v] = if group + c == 0 { sums[c][v] } else { total[v].add(sums[c][v]) };
                }
            }
        }
        let bias = cut(self.bias, column, width);
        for (v, total) in total.iter().enumerate() {
            let sum = if bias.is_empty() { *total } else { total.add(register::<S, T, FULL>(simd, bias, v)) };
            if FULL {
                if let Some(y) = y.get_mut(Lanes::<S, T>::of(v)..) {
                    sum.store(y);
                }
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
        let chunks = Self::CHUNKS;
        let rows = self.w.as_chunks::<N>().0.as_chunks::<G>().0;
        let mut parts = [(&self.x[..0], &rows[..0]); C];
        for (c, part) in parts.iter_mut().enumerate() {
            let first = chunks.start(group + c);
            *part = (cut(self.x, first, chunks.short), cut(rows, first, chunks.short));
        }
        let mut sums = [[T::Vector::<S>::splat(simd, T::ZERO); V]; C];
        for k in 0..chunks.short {
            for c in 0..C {
                let (x, rows) = parts[c];
                if let (Some(x), Some(row)) = (x.get(k), rows.get(k)) {
                    link::<S, T, V, FULL, N, G>(simd, *x, row, column, width, &mut sums[c]);
                }
            }
        }
        for c in 0..C {
            let last = chunks.start(group + c) + chunks.short;
            if group + c < chunks.longer
                && let (Some(x), Some(row)) = (self.x.get(last), rows.get(last))
            {
                link::<S, T, V, FULL, N, G>(simd, *x, row, column, width, &mut sums[c]);
            }
        }
        sums
    }
}

/// One more link of `V` chains: the input `x` times its row of weights.
#[inline(always)]
fn link<S: Simd, T: Scalar, const V: usize, const FULL: bool, const N: usize, const G: usize>(
    simd: S,
    x: T,
    row: &[[T; N]; G],
    column: usize,
    width: usize,
    sums: &mut [T::Vector<S>; V],
) {
    let Some(weights) = row.as_flattened().get(column..column + width) else { return };
    let factor = T::Vector::<S>::splat(simd, x);
    for v in 0..V {
        sums[v] = factor.mul_add(register::<S, T, FULL>(simd, weights, v), sums[v]);
    }
}
