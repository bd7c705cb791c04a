//! The error function and its complement.

use super::constant;
use super::exponential::{Reduced, TO_THE_MINUS_64, exp_m1_of_rest};
use super::polynomial::polynomial;
use crate::scalar::Scalar;
use crate::simd::{Simd, Vector};

/// `1 - erf(a)` for `a >= ERF_NEAR`.
///
/// `(1 + 2 a) e^(a^2) erfc(a)` hardly changes from 0 to infinity: it is a polynomial in `t = (a - center) / (a + center)`, which
/// stays below 1 (Shepherd and Laframboise 1981).
#[inline(always)]
fn complement<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, a: V) -> V {
    // Beyond this it is 0.
    let a = constant::<S, T, V>(simd, T::ERFC_LARGEST).min(a);
    let (one, center) = (V::splat(simd, T::ONE), constant::<S, T, V>(simd, T::ERFC_CENTER));
    let twice = a + a;
    let denominator = one + twice;
    let t = (a - center) / (a + center);
    // The first coefficient is the largest by far: added last, it leaves one rounding.
    let scaled = t.mul_add(polynomial(simd, t, T::ERFC), constant(simd, T::ERFC_CONSTANT)) / denominator;
    // An error in a^2 would be one of e^(-a^2), many times as large: a^2 = high^2 + low, where high^2 is exact.
    let high = a.and_bits(V::splat(simd, T::HIGH_HALF));
    let low = (a - high) * (a + high);
    let reduced = Reduced::new(simd, -(a * a));
    // The denominator's rounding error is known; relative to it, it is a small change of the exponent. The polynomial is
    // about 1.15 where this matters.
    let rounded_off = one - (denominator - twice);
    let correction = rounded_off * scaled * constant(simd, 1.0 / 1.15);
    let r = reduced.rest(simd, -(high * high)) - (low + correction);
    let y = scaled.mul_add(exp_m1_of_rest(simd, r), scaled);
    y * reduced.power(simd, 64.0) * constant(simd, TO_THE_MINUS_64)
}

/// `erf(x)` for `|x| < ERF_NEAR`.
#[inline(always)]
fn near<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    x.mul_add(polynomial(simd, x * x, T::ERF), x)
}

/// The error function `2 / sqrt(pi) * integral of e^(-t^2) from 0 to x`, in `[-1, 1]`.
#[inline(always)]
pub fn erf<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    let far = V::splat(simd, T::ONE) - complement(simd, x.abs());
    V::select(x.abs().lt(constant(simd, T::ERF_NEAR)), near(simd, x), far.copysign(x))
}

/// `1 - erf(x)`, in `[0, 2]`, with a small relative error where it is near 0 too.
#[inline(always)]
pub fn erfc<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    let y = complement(simd, x.abs());
    let far = V::select(x.lt(V::splat(simd, T::ZERO)), constant::<S, T, V>(simd, 2.0) - y, y);
    V::select(x.abs().lt(constant(simd, T::ERF_NEAR)), V::splat(simd, T::ONE) - near(simd, x), far)
}
