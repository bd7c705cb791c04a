//! Polynomials by Estrin's scheme: few steps that wait for each other.

use super::constant;
use crate::scalar::Scalar;
use crate::simd::{Simd, Vector};

/// The powers of an argument that the scheme needs.
struct Powers<V> {
    one: V,
    two: V,
    four: V,
    eight: V,
    sixteen: V,
}

/// `sum(c[i] x^i)`: at most 32 coefficients, at least one.
#[inline(always)]
pub(super) fn polynomial<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V, c: &[f64]) -> V {
    let two = x * x;
    let four = two * two;
    let eight = four * four;
    // Powers that no coefficient asks for are never computed: the number of coefficients is known when this is compiled.
    let x = Powers { one: x, two, four, eight, sixteen: eight * eight };
    match c.split_at_checked(16) {
        Some((low, high)) if !high.is_empty() => x.sixteen.mul_add(up_to_16(simd, &x, high), up_to_16(simd, &x, low)),
        _ => up_to_16(simd, &x, c),
    }
}

#[inline(always)]
fn up_to_16<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: &Powers<V>, c: &[f64]) -> V {
    match c.split_at_checked(8) {
        Some((low, high)) if !high.is_empty() => x.eight.mul_add(up_to_8(simd, x, high), up_to_8(simd, x, low)),
        _ => up_to_8(simd, x, c),
    }
}

#[inline(always)]
fn up_to_8<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: &Powers<V>, c: &[f64]) -> V {
    match c.split_at_checked(4) {
        Some((low, high)) if !high.is_empty() => x.four.mul_add(up_to_4(simd, x, high), up_to_4(simd, x, low)),
        _ => up_to_4(simd, x, c),
    }
}

#[inline(always)]
fn up_to_4<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: &Powers<V>, c: &[f64]) -> V {
    let splat = |c| constant::<S, T, V>(simd, c);
    match *c {
        [a] => splat(a),
        [a, b] => x.one.mul_add(splat(b), splat(a)),
        [a, b, c] => x.two.mul_add(splat(c), x.one.mul_add(splat(b), splat(a))),
        [a, b, c, d] => x.two.mul_add(x.one.mul_add(splat(d), splat(c)), x.one.mul_add(splat(b), splat(a))),
        _ => splat(0.0),
    }
}
