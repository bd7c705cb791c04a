//! Natural logarithms.

use super::constant;
use super::polynomial::polynomial;
use crate::scalar::Scalar;
use crate::simd::{Simd, Vector};

/// `x = 2^k m` with `m` from `sqrt(1/2)` to `sqrt 2`, for a positive normal `x`.
struct Parts<V> {
    /// `k + BIAS`, as an integer.
    exponent: V,
    m: V,
}

impl<V> Parts<V> {
    #[inline(always)]
    fn new<S: Simd, T: Scalar>(simd: S, x: V) -> Self
    where
        V: Vector<S, T>,
    {
        let root = constant::<S, T, V>(simd, core::f64::consts::FRAC_1_SQRT_2);
        let bits = x.sub_bits(root).add_bits(V::splat(simd, T::ONE));
        Self { exponent: bits.exponent_to_bits(), m: bits.and_bits(V::splat(simd, T::MANTISSA)).add_bits(root) }
    }

    /// `k + BIAS + INTEGERS`: as the last bits of 2^23 or 2^52, an integer is a float.
    #[inline(always)]
    fn shifted_k<S: Simd, T: Scalar>(&self, simd: S) -> V
    where
        V: Vector<S, T>,
    {
        self.exponent.or_bits(constant(simd, T::INTEGERS))
    }

    /// `2^-k`; 0 for the largest `k` there is.
    #[inline(always)]
    fn inverse_power<S: Simd, T: Scalar>(&self, simd: S) -> V
    where
        V: Vector<S, T>,
    {
        // Twice as much, halved: k may be as large as BIAS + 1.
        V::splat(simd, T::TWICE_BIAS_AND_ONE).sub_bits(self.exponent).bits_to_exponent() * constant(simd, 0.5)
    }
}

/// `k ln 2 + ln(1 + f)` for `1 + f` from `sqrt(1/2)` to `sqrt 2`.
///
/// With `s = f / (2 + f)` it is `ln((1 + s) / (1 - s)) = 2 s + s R(s^2)` (fdlibm).
#[inline(always)]
fn sum<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, k: V, f: V) -> V {
    let s = f / (f + constant(simd, 2.0));
    let z = s * s;
    let half = f * f * constant(simd, 0.5);
    let r = z.mul_add(polynomial(simd, z, T::LN), half);
    let low = s.mul_add(r, k * constant(simd, T::LN_2_LOW));
    k.mul_add(constant(simd, T::LN_2_HIGH), f - (half - low))
}

/// `y` where `pole < x` and `x` is finite, minus infinity at the pole, infinity at infinity, else NaN.
#[inline(always)]
fn within_domain<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V, pole: f64, y: V) -> V {
    let pole = constant::<S, T, V>(simd, pole);
    let outside = V::select(x.eq(pole), constant(simd, f64::NEG_INFINITY), V::splat(simd, T::NAN));
    V::select(pole.lt(x), V::select(x.lt(constant(simd, f64::INFINITY)), y, x), outside)
}

/// The natural logarithm; minus infinity at 0, NaN below.
#[inline(always)]
pub fn ln<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    let subnormal = x.lt(V::splat(simd, T::MIN_POSITIVE));
    let parts = Parts::new(simd, V::select(subnormal, x * constant(simd, T::INTEGERS), x));
    let bias = constant::<S, T, V>(simd, T::INTEGERS + T::BIAS);
    let k = parts.shifted_k(simd) - V::select(subnormal, constant(simd, T::INTEGERS + T::BIAS + T::MANTISSA_BITS), bias);
    within_domain(simd, x, 0.0, sum(simd, k, parts.m - V::splat(simd, T::ONE)))
}

/// `ln(1 + x)`, with a small relative error near 0 too; minus infinity at -1, NaN below.
#[inline(always)]
pub fn ln_1p<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    let one = V::splat(simd, T::ONE);
    // u + c = 1 + x exactly (Knuth's two-sum).
    let u = one + x;
    let rounded = u - one;
    let c = (one - (u - rounded)) + (x - rounded);
    let parts = Parts::new(simd, u);
    let f = c.mul_add(parts.inverse_power(simd), parts.m - one);
    let k = parts.shifted_k(simd) - constant(simd, T::INTEGERS + T::BIAS);
    within_domain(simd, x, -1.0, sum(simd, k, f).copysign(x))
}
