//! A product with one column: a dot product a row.

use super::cut;
use crate::scalar::Scalar;
use crate::simd::{Simd, Vector};

/// So many partial sums go side by side, whatever the vector width: input `i` belongs to sum `i % LANES`.
const LANES: usize = 32;

/// `y = x w + bias` (or without, if it is empty), where `w` is one column.
#[inline(always)]
pub fn multiply_column<S: Simd, T: Scalar>(simd: S, x: &[T], w: &[T], bias: &[T], y: &mut [T]) {
    for (r, y) in y.iter_mut().enumerate() {
        let sum = dot(simd, cut(x, r * w.len(), w.len()), w);
        *y = bias.first().map_or(sum, |bias| sum + *bias);
    }
}

#[inline(always)]
fn dot<S: Simd, T: Scalar>(simd: S, x: &[T], w: &[T]) -> T {
    let lanes = T::Vector::<S>::LANES;
    let mut sums = [T::ZERO; LANES];
    let ((xs, x_rest), (ws, w_rest)) = (x.as_chunks::<LANES>(), w.as_chunks::<LANES>());
    // The registers of one block; on the widest machine there are two, on the narrowest sixteen.
    for at in (0..LANES).step_by(8 * lanes) {
        let mut registers = [T::Vector::<S>::splat(simd, T::ZERO); 8];
        for (x, w) in xs.iter().zip(ws) {
            for (i, register) in registers.iter_mut().enumerate() {
                if at + i * lanes < LANES {
                    let (x, w) = (cut(x, at + i * lanes, lanes), cut(w, at + i * lanes, lanes));
                    *register = T::Vector::<S>::load(simd, x).mul_add(T::Vector::<S>::load(simd, w), *register);
                }
            }
        }
        for (i, register) in registers.iter().enumerate() {
            if let Some(sums) = sums.get_mut(at + i * lanes..at + (i + 1) * lanes) {
                register.store(sums);
            }
        }
    }
    for ((sums, x), w) in sums.chunks_exact_mut(lanes).zip(x_rest.chunks(lanes)).zip(w_rest.chunks(lanes)) {
        let sum = T::Vector::<S>::load_partial(simd, x).mul_add(T::Vector::<S>::load_partial(simd, w), T::Vector::<S>::load(simd, sums));
        sum.store(sums);
    }
    halve::<T, 16>(&mut sums);
    halve::<T, 8>(&mut sums);
    halve::<T, 4>(&mut sums);
    halve::<T, 2>(&mut sums);
    sums[0] + sums[1]
}

/// Adds the second `H` sums to the first.
#[inline(always)]
fn halve<T: Scalar, const H: usize>(sums: &mut [T; LANES]) {
    let (head, tail) = sums.split_at_mut(H);
    for (head, tail) in head.iter_mut().zip(tail) {
        *head += *tail;
    }
}
