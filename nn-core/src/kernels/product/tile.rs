//! A product of many rows: tiles of `R` rows by `V` registers of columns stay in registers while a chunk passes.

use super::chunks::Chunks;
use super::operand::Operand;
use super::panel::{Weights, panel};
use super::{End, Start};
use crate::scalar::Scalar;
use crate::simd::{Simd, Vector};

/// `y = a w` (or added), where `y` is `[rows, columns]`.
#[inline(always)]
pub fn multiply<S: Simd, T: Scalar, A: Operand<T>, W: Weights<T>>(simd: S, a: A, w: W, start: Start<'_, T>, y: &mut [T]) {
    // Enough accumulators to hide the latency of multiply-add, few enough to stay in registers.
    if S::REGISTERS >= 32 {
        panels::<S, T, A, W, 4>(simd, a, w, start, y);
    } else {
        panels::<S, T, A, W, 2>(simd, a, w, start, y);
    }
}

#[inline(always)]
fn panels<S: Simd, T: Scalar, A: Operand<T>, W: Weights<T>, const V: usize>(simd: S, a: A, w: W, start: Start<'_, T>, y: &mut [T]) {
    let (columns, depth) = (w.columns(), w.depth());
    let wide = V * T::Vector::<S>::LANES;
    let chunks = Chunks::of(depth, columns);
    let mut memory = panel::<S, T, V>(simd);
    for chunk in 0..chunks.count {
        let (first, len) = (chunks.start(chunk), chunks.len(chunk));
        let end = start.of_chunk(chunk, chunks.count);
        for column in (0..columns).step_by(wide) {
            w.pack::<S, V>(simd, first, column, &mut memory[..len]);
            let place = Place { columns, column, width: wide.min(columns - column) };
            band::<S, T, A, V>(simd, a, &memory[..len], first, end, y, place);
        }
    }
}

/// Which columns a panel holds.
#[derive(Clone, Copy)]
struct Place {
    columns: usize,
    column: usize,
    width: usize,
}

/// All rows past one panel.
#[inline(always)]
fn band<S: Simd, T: Scalar, A: Operand<T>, const V: usize>(
    simd: S,
    a: A,
    panel: &[[T::Vector<S>; V]],
    first: usize,
    end: End<'_, T>,
    y: &mut [T],
    place: Place,
) {
    let rows = y.len() / place.columns;
    let mut row = 0;
    while row + 6 <= rows {
        tile::<S, T, A, 6, V>(simd, a, panel, first, end, y, place, row);
        row += 6;
    }
    while row + 2 <= rows {
        tile::<S, T, A, 2, V>(simd, a, panel, first, end, y, place, row);
        row += 2;
    }
    if row < rows {
        tile::<S, T, A, 1, V>(simd, a, panel, first, end, y, place, row);
    }
}

#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "a tile of a product is where in what")]
fn tile<S: Simd, T: Scalar, A: Operand<T>, const R: usize, const V: usize>(
    simd: S,
    a: A,
    panel: &[[T::Vector<S>; V]],
    first: usize,
    end: End<'_, T>,
    y: &mut [T],
    place: Place,
    row: usize,
) {
    let lanes = T::Vector::<S>::LANES;
    let rows = a.tile::<R>(row, first, panel.len());
    let mut sums = [[T::Vector::<S>::splat(simd, T::ZERO); V]; R];
    for (k, weights) in panel.iter().enumerate() {
        let factors = A::column::<R>(rows, k);
        for r in 0..R {
            let factor = T::Vector::<S>::splat(simd, factors[r]);
            for v in 0..V {
                sums[r][v] = factor.mul_add(weights[v], sums[r][v]);
            }
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        let y = &mut y[(row + r) * place.columns + place.column..][..place.width];
        for (v, sum) in sums.iter().enumerate() {
            let (at, column) = (v * lanes, place.column + v * lanes);
            if at + lanes <= place.width {
                end.apply::<S, true>(simd, *sum, column, &mut y[at..][..lanes]);
            } else if at < place.width {
                end.apply::<S, false>(simd, *sum, column, &mut y[at..]);
            }
        }
    }
}
