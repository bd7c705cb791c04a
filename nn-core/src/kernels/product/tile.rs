//! A product of many rows: both operands packed, so that the inner loop reads two streams in the order of memory.
//!
//! A panel of weights (one chunk deep, a few registers wide) stays in the first-level cache while the packed rows pass from the second.
//! In place, neighbouring rows of a wide matrix lie a power of two apart and fall into the same few sets of a cache.

use super::chunks::{Chunks, LONGEST};
use super::operand::Operand;
use super::panel::{LINE, SHORT, Weights, panel};
use super::{End, Start};
use crate::scalar::Scalar;
use crate::simd::{Simd, Vector};

/// So many elements of the left operand are packed at a time: 132 rows of the longest chunk, a quarter of a second-level cache.
const BLOCK: usize = 132 * LONGEST;
/// The same for products of fewer elements, where clearing the memory would cost more than the product.
const SMALL_BLOCK: usize = 12 * LONGEST;
const TINY_BLOCK: usize = TALLEST * LONGEST;

/// The tallest tile.
pub const TALLEST: usize = 6;

/// `y = a w` (or added), where `y` is `[rows, columns]`.
#[inline(always)]
pub fn multiply<S: Simd, T: Scalar, A: Operand<T>, W: Weights<T>>(simd: S, a: A, w: W, start: Start<'_, T>, y: &mut [T]) {
    // Enough accumulators to hide the latency of multiply-add, few enough to stay in registers.
    if const { S::REGISTERS >= 32 } {
        blocks::<S, T, A, W, 4>(simd, a, w, start, y);
    } else {
        blocks::<S, T, A, W, 2>(simd, a, w, start, y);
    }
}

/// Chunk by chunk, as many rows at a time as fit into the memory for packed ones.
#[inline(always)]
fn blocks<S: Simd, T: Scalar, A: Operand<T>, W: Weights<T>, const V: usize>(simd: S, a: A, w: W, start: Start<'_, T>, y: &mut [T]) {
    let (columns, depth) = (w.columns(), w.depth());
    let wide = V * T::Vector::<S>::LANES;
    let chunks = Chunks::of(depth, columns);
    let (mut short, mut long);
    let panel: &mut [[T::Vector<S>; V]] = if chunks.len(0) <= SHORT {
        short = panel::<S, T, V, SHORT>(simd);
        &mut short
    } else {
        long = panel::<S, T, V, LONGEST>(simd);
        &mut long
    };
    let (mut tiny, mut small, mut large);
    let packed: &mut [T] = match y.len() / columns.max(1) * depth {
        elements if elements <= TINY_BLOCK => {
            tiny = [T::ZERO; TINY_BLOCK];
            &mut tiny
        }
        elements if elements <= SMALL_BLOCK => {
            small = [T::ZERO; SMALL_BLOCK];
            &mut small
        }
        _ => {
            large = [T::ZERO; BLOCK];
            &mut large
        }
    };
    for chunk in 0..chunks.count {
        let (first, len) = (chunks.start(chunk), chunks.len(chunk));
        let end = start.of_chunk(chunk, chunks.count);
        let fit = (packed.len() / len.max(1)) / TALLEST * TALLEST;
        for (block, y) in y.chunks_mut((fit * columns).max(1)).enumerate() {
            let rows = y.len() / columns;
            pack(a, block * fit, rows, first, len, packed);
            for column in (0..columns).step_by(wide) {
                let panel = &mut panel[..len];
                w.pack::<S, V>(simd, first, column, panel);
                let place = Place { columns, column, width: wide.min(columns - column), end };
                // While this panel is at work, the lines of the next one come in: a share of them with each tile.
                let share = len.div_ceil(rows.div_ceil(TALLEST));
                let (mut row, mut line) = (0, 0);
                while row < rows {
                    let height = height(rows - row);
                    let a = &packed[row * len..][..height * len];
                    let y = &mut y[row * columns..][..height * columns];
                    match height {
                        6 => tile::<S, T, 6, V>(simd, a, panel, y, place),
                        4 => tile::<S, T, 4, V>(simd, a, panel, y, place),
                        2 => tile::<S, T, 2, V>(simd, a, panel, y, place),
                        _ => tile::<S, T, 1, V>(simd, a, panel, y, place),
                    }
                    for _ in 0..share.min(len - line) {
                        w.prefetch(simd, first, column + wide, wide, line);
                        line += 1;
                    }
                    row += height;
                }
            }
        }
    }
}

/// The height of the next tile where so many rows are `left`: 6, 4, 2 or 1. Six as far as possible, but two of four rather than six and
/// two, which would have too few sums in flight.
#[inline(always)]
pub(super) fn height(left: usize) -> usize {
    match left {
        0 | 1 => 1,
        2 | 3 => 2,
        4 | 5 | 7 | 8 => 4,
        _ => TALLEST,
    }
}

/// Packs `rows` rows of one chunk of `a`, tile by tile; within a tile, element `k` of all its rows, then element `k + 1`.
#[inline(always)]
fn pack<T: Scalar, A: Operand<T>>(a: A, first_row: usize, rows: usize, first: usize, len: usize, packed: &mut [T]) {
    let mut row = 0;
    while row < rows {
        let height = height(rows - row);
        let to = &mut packed[row * len..][..height * len];
        match height {
            6 => a.pack::<6>(first_row + row, first, to),
            4 => a.pack::<4>(first_row + row, first, to),
            2 => a.pack::<2>(first_row + row, first, to),
            _ => a.pack::<1>(first_row + row, first, to),
        }
        row += height;
    }
}

/// Which columns a panel holds, and what happens to their sums.
#[derive(Clone, Copy)]
struct Place<'a, T> {
    columns: usize,
    column: usize,
    width: usize,
    end: End<'a, T>,
}

/// `R` rows by `V` registers of columns.
#[inline(always)]
fn tile<S: Simd, T: Scalar, const R: usize, const V: usize>(
    simd: S,
    a: &[T],
    panel: &[[T::Vector<S>; V]],
    y: &mut [T],
    place: Place<'_, T>,
) {
    let lanes = T::Vector::<S>::LANES;
    // The outputs may come from far away, if they are added to.
    for r in 0..R {
        for line in (0..V * lanes).step_by(LINE / size_of::<T>()) {
            simd.prefetch(y, r * place.columns + place.column + line);
        }
    }
    let mut sums = [[T::Vector::<S>::splat(simd, T::ZERO); V]; R];
    for (factors, weights) in a.as_chunks::<R>().0.iter().zip(panel) {
        for r in 0..R {
            let factor = T::Vector::<S>::splat(simd, factors[r]);
            for v in 0..V {
                sums[r][v] = factor.mul_add(weights[v], sums[r][v]);
            }
        }
    }
    match (R >= 4 && place.width == V * lanes, place.end.add, place.end.bias.is_some()) {
        (true, false, false) => finish::<S, T, R, V, false, false>(simd, &sums, y, place),
        (true, false, true) => finish::<S, T, R, V, false, true>(simd, &sums, y, place),
        (true, true, false) => finish::<S, T, R, V, true, false>(simd, &sums, y, place),
        (true, true, true) => finish::<S, T, R, V, true, true>(simd, &sums, y, place),
        (false, ..) => finish_part(simd, &sums, y, place),
    }
}

/// Moves the sums of a full tile into the outputs.
#[inline(always)]
fn finish<S: Simd, T: Scalar, const R: usize, const V: usize, const ADD: bool, const BIAS: bool>(
    simd: S,
    sums: &[[T::Vector<S>; V]; R],
    y: &mut [T],
    place: Place<'_, T>,
) {
    let lanes = T::Vector::<S>::LANES;
    let wide = place.column..place.column + V * lanes;
    let bias = &place.end.bias.unwrap_or_default()[if BIAS { wide.clone() } else { 0..0 }];
    for r in 0..R {
        let y = &mut y[r * place.columns..][wide.clone()];
        for v in 0..V {
            let mut sum = sums[r][v];
            if ADD {
                sum = T::Vector::<S>::load(simd, &y[v * lanes..]) + sum;
            }
            if BIAS {
                sum = sum + T::Vector::<S>::load(simd, &bias[v * lanes..]);
            }
            sum.store(&mut y[v * lanes..]);
        }
    }
}

/// Moves the sums of a tile at an edge into the outputs.
#[inline(never)]
fn finish_part<S: Simd, T: Scalar, const R: usize, const V: usize>(
    simd: S,
    sums: &[[T::Vector<S>; V]; R],
    y: &mut [T],
    place: Place<'_, T>,
) {
    let lanes = T::Vector::<S>::LANES;
    simd.call(
        #[inline(always)]
        || {
            for (sums, y) in sums.iter().zip(y.chunks_exact_mut(place.columns)) {
                let y = &mut y[place.column..][..place.width];
                for (v, sum) in sums.iter().enumerate() {
                    let (at, column) = (v * lanes, place.column + v * lanes);
                    if at + lanes <= place.width {
                        place.end.apply::<S, true>(simd, *sum, column, &mut y[at..][..lanes]);
                    } else if at < place.width {
                        place.end.apply::<S, false>(simd, *sum, column, &mut y[at..]);
                    }
                }
            }
        },
    );
}
