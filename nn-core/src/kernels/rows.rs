//! Sums along a row, and maps of rows onto rows.
//!
//! A sum is taken in [`LANES`] interleaved parts whatever the vector width: element `i` belongs to part `i % LANES`. The parts are added
//! by a fixed tree. So its bits follow from the length of the row alone. Nothing here can panic.

use crate::scalar::Scalar;
use crate::simd::{Simd, Vector};

/// So many partial sums go side by side.
pub const LANES: usize = 16;
/// The registers they fill on the narrowest machine.
const REGISTERS: usize = 8;

/// `len` elements from `at` on; none, if there are fewer.
#[inline(always)]
pub fn cut<T>(from: &[T], at: usize, len: usize) -> &[T] {
    from.get(at..at + len).unwrap_or_default()
}

/// The same for writing.
#[inline(always)]
pub fn cut_mut<T>(from: &mut [T], at: usize, len: usize) -> &mut [T] {
    from.get_mut(at..at + len).unwrap_or_default()
}

/// The sums of `K` functions of the elements of `A` rows of one length.
#[inline(always)]
pub fn sum_row<S: Simd, T: Scalar, const A: usize, const K: usize>(
    simd: S,
    rows: [&[T]; A],
    f: impl Fn([T::Vector<S>; A]) -> [T::Vector<S>; K],
) -> [T; K] {
    let lanes = T::Vector::<S>::LANES;
    let len = rows.first().map_or(0, |row| row.len());
    let zero = T::Vector::<S>::splat(simd, T::ZERO);
    let mut registers = [[zero; REGISTERS]; K];
    let whole = len - len % LANES;
    for at in (0..whole).step_by(LANES) {
        for i in 0..REGISTERS {
            if i * lanes < LANES {
                let mut x = [zero; A];
                for a in 0..A {
                    x[a] = T::Vector::<S>::load(simd, cut(rows[a], at + i * lanes, lanes));
                }
                let terms = f(x);
                for k in 0..K {
                    registers[k][i] = registers[k][i] + terms[k];
                }
            }
        }
    }
    let mut sums = [[T::ZERO; LANES]; K];
    for k in 0..K {
        for i in 0..REGISTERS {
            if i * lanes < LANES {
                registers[k][i].store(cut_mut(&mut sums[k], i * lanes, lanes));
            }
        }
    }
    for at in (whole..len).step_by(lanes) {
        let width = lanes.min(len - at);
        let mut x = [zero; A];
        for a in 0..A {
            x[a] = T::Vector::<S>::load_partial(simd, cut(rows[a], at, width));
        }
        let terms = f(x);
        for k in 0..K {
            // What is beyond the end of the row does not count.
            let mut last = [T::ZERO; LANES];
            terms[k].store_partial(cut_mut(&mut last, 0, width));
            for (sum, term) in cut_mut(&mut sums[k], at - whole, width).iter_mut().zip(last) {
                *sum += term;
            }
        }
    }
    let mut totals = [T::ZERO; K];
    for k in 0..K {
        for half in [8, 4, 2, 1] {
            let Some((low, high)) = sums[k].split_at_mut_checked(half) else { break };
            for (low, high) in low.iter_mut().zip(high) {
                *low += *high;
            }
        }
        totals[k] = sums[k][0];
    }
    totals
}

/// `y[i] = f(the elements i of the rows)`.
#[inline(always)]
pub fn map_row<S: Simd, T: Scalar, const A: usize>(simd: S, rows: [&[T]; A], y: &mut [T], f: impl Fn([T::Vector<S>; A]) -> T::Vector<S>) {
    let lanes = T::Vector::<S>::LANES;
    let zero = T::Vector::<S>::splat(simd, T::ZERO);
    for (block, y) in y.chunks_mut(lanes).enumerate() {
        let at = block * lanes;
        let mut x = [zero; A];
        if y.len() == lanes {
            for a in 0..A {
                x[a] = T::Vector::<S>::load(simd, cut(rows[a], at, lanes));
            }
            f(x).store(y);
        } else {
            for a in 0..A {
                x[a] = T::Vector::<S>::load_partial(simd, cut(rows[a], at, y.len()));
            }
            f(x).store_partial(y);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Kernel, Level, run_at};
    use std::vec::Vec;

    struct Both<'a>(&'a [f32], &'a [f32], &'a mut [f32]);

    impl Kernel for Both<'_> {
        type Output = [f32; 2];
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> [f32; 2] {
            map_row(simd, [self.0, self.1], self.2, |[x, y]| x * y);
            // A function that is not zero at zero: the tail must not count.
            let one = <f32 as Scalar>::Vector::<S>::splat(simd, 1.0);
            sum_row(simd, [self.0, self.1], |[x, y]| [x + one, x * y])
        }
    }

    #[test]
    fn sums_and_maps_of_every_length_are_the_same_on_every_machine() {
        for len in 0..70 {
            let x: Vec<f32> = (0..len).map(|i| (i as f32 * 0.7).sin()).collect();
            let y: Vec<f32> = (0..len).map(|i| (i as f32 * 0.3).cos()).collect();
            let mut results = Vec::new();
            for level in [Level::Portable, Level::Avx2, Level::Avx512] {
                let mut to = std::vec![9.0; len];
                let Some(sums) = run_at(level, Both(&x, &y, &mut to)) else { continue };
                let products: Vec<f32> = x.iter().zip(&y).map(|(x, y)| x * y).collect();
                assert_eq!(to, products);
                let exact = x.iter().map(|x| f64::from(*x) + 1.0).sum::<f64>();
                assert!((f64::from(sums[0]) - exact).abs() < 1e-4, "{len}: {} {exact}", sums[0]);
                results.push(sums);
            }
            assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "{len}: {results:?}");
        }
    }
}
