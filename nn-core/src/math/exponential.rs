//! `e^x` and what is made of it.

use super::constant;
use super::polynomial::polynomial;
use crate::scalar::Scalar;
use crate::simd::{Simd, Vector};

/// `x = n ln 2 + r` with a whole number `n` and `|r| <= ln 2 / 2`.
pub(super) struct Reduced<V> {
    /// `n + ROUND`: a number so large that its last bits are those of `n`.
    pub shifted: V,
    /// `n`.
    pub n: V,
}

impl<V: Copy> Reduced<V> {
    /// The whole number next to `x / ln 2`.
    #[inline(always)]
    pub fn new<S: Simd, T: Scalar>(simd: S, x: V) -> Self
    where
        V: Vector<S, T>,
    {
        let round = V::splat(simd, T::ROUND);
        let shifted = x.mul_add(constant(simd, core::f64::consts::LOG2_E), round);
        Self { shifted, n: shifted - round }
    }

    /// `x - n ln 2`. The first part of ln 2 is so short that its product with `n` is exact.
    #[inline(always)]
    pub fn rest<S: Simd, T: Scalar>(self, simd: S, x: V) -> V
    where
        V: Vector<S, T>,
    {
        let r = self.n.neg_mul_add(constant(simd, T::LN_2_HIGH), x);
        self.n.neg_mul_add(constant(simd, T::LN_2_LOW), r)
    }

    /// `2^(n + offset)`, which has to be a normal number.
    #[inline(always)]
    pub fn power<S: Simd, T: Scalar>(self, simd: S, offset: f64) -> V
    where
        V: Vector<S, T>,
    {
        power(simd, self.shifted, offset)
    }
}

impl<V: Copy> Clone for Reduced<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V: Copy> Copy for Reduced<V> {}

/// `2^(n + offset)` of `n + ROUND`.
#[inline(always)]
fn power<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, shifted: V, offset: f64) -> V {
    // The sum is exact; its last bits are the biased exponent.
    (shifted + constant(simd, offset + T::BIAS)).bits_to_exponent()
}

/// `e^r - 1` for `|r| <= ln 2 / 2`.
#[inline(always)]
pub(super) fn exp_m1_of_rest<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, r: V) -> V {
    (r * r).mul_add(polynomial(simd, r, T::EXP), r)
}

/// `e^x`; 0 at minus infinity.
#[inline(always)]
pub fn exp<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    // Beyond these the result is 0 or infinite all the same.
    let x = constant::<S, T, V>(simd, T::EXP_LARGEST).min(constant::<S, T, V>(simd, T::EXP_SMALLEST).max(x));
    let reduced = Reduced::new(simd, x);
    let y = exp_m1_of_rest(simd, reduced.rest(simd, x)) + V::splat(simd, T::ONE);
    // 2^n itself may overflow, or be subnormal: two factors.
    let round = V::splat(simd, T::ROUND);
    let half = reduced.n.mul_add(constant(simd, 0.5), round);
    let rest = reduced.shifted - (half - round);
    y * power(simd, half, 0.0) * power(simd, rest, 0.0)
}

/// [`exp`] of numbers of which none is above 0, in fewer steps.
#[inline(always)]
pub fn exp_nonpositive<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    let x = constant::<S, T, V>(simd, T::EXP_SMALLEST).max(x);
    let reduced = Reduced::new(simd, x);
    let y = exp_m1_of_rest(simd, reduced.rest(simd, x)) + V::splat(simd, T::ONE);
    // 2^n may be subnormal: rounded once, in the last product.
    y * reduced.power(simd, 64.0) * constant(simd, TO_THE_MINUS_64)
}

/// `2^-64`.
pub(super) const TO_THE_MINUS_64: f64 = 1.0 / 18_446_744_073_709_551_616.0;

/// `e^x - 1`, with a small relative error near 0 too.
#[inline(always)]
pub fn exp_m1<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    let capped = constant::<S, T, V>(simd, T::EXP_LARGEST).min(constant::<S, T, V>(simd, T::EXP_M1_SMALLEST).max(x));
    let reduced = Reduced::new(simd, capped);
    let q = exp_m1_of_rest(simd, reduced.rest(simd, capped));
    // (2^n (1 + q) - 1) / 2: 2^n itself may overflow.
    let half = reduced.power(simd, -1.0);
    let y = half.mul_add(q, half - constant(simd, 0.5));
    V::select(x.abs().lt(V::splat(simd, T::EPSILON)), x, y + y)
}

/// The hyperbolic tangent, in `[-1, 1]`.
///
/// `e / (e + 2)` with `e = e^2|x| - 1`; near 0, where the roundings of the quotient show most, `x + x^3 p(x^2)`.
#[inline(always)]
pub fn tanh<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    let a = constant::<S, T, V>(simd, T::TANH_LARGEST).min(x.abs());
    let twice = a + a;
    let reduced = Reduced::new(simd, twice);
    // The derivative is small where n is large: ln 2 in one part will do if the product is not rounded.
    let r = if S::FUSED { reduced.n.neg_mul_add(constant(simd, core::f64::consts::LN_2), twice) } else { reduced.rest(simd, twice) };
    let power = reduced.power(simd, 0.0);
    let linear = power.mul_add(r, power - V::splat(simd, T::ONE));
    let e = (power * (r * r)).mul_add(polynomial(simd, r, T::EXP), linear);
    let far = e / (e + constant(simd, 2.0));
    let z = a * a;
    let near = (a * z).mul_add(polynomial(simd, z, T::TANH), a);
    V::select(a.lt(constant(simd, T::TANH_NEAR)), near, far).copysign(x)
}

/// `1 / (1 + e^-x)`, in `[0, 1]`, with a small relative error at both ends.
///
/// With `e^-|x| = s (1 + q)` for a power of two `s` it is `1 / (1 + s + s q)` to the right of 0, and to the left
/// `s (1 + (q (1 - s) - s) / (1 + s + s q))`, where no rounding but the last one is large.
#[inline(always)]
pub fn sigmoid<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    let halves = Halves::new(simd, x);
    let (zero, one) = (V::splat(simd, T::ZERO), V::splat(simd, T::ONE));
    let negative = x.lt(zero);
    let quotient = V::select(negative, halves.numerator, one) / halves.denominator;
    V::select(negative, halves.small(simd, quotient), quotient)
}

/// The sigmoid and one minus it, each with a small relative error.
#[inline(always)]
pub fn sigmoid_and_rest<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> (V, V) {
    let halves = Halves::new(simd, x);
    let (zero, one) = (V::splat(simd, T::ZERO), V::splat(simd, T::ONE));
    let negative = x.lt(zero);
    let (large, small) = (one / halves.denominator, halves.small(simd, halves.numerator / halves.denominator));
    (V::select(negative, small, large), V::select(negative, large, small))
}

/// The parts of a sigmoid.
struct Halves<V> {
    /// `2^64 s`: `s` may be subnormal.
    power: V,
    /// `q (1 - s) - s`.
    numerator: V,
    /// `1 + s + s q`.
    denominator: V,
}

impl<V> Halves<V> {
    #[inline(always)]
    fn new<S: Simd, T: Scalar>(simd: S, x: V) -> Self
    where
        V: Vector<S, T>,
    {
        let one = V::splat(simd, T::ONE);
        let x = constant::<S, T, V>(simd, T::EXP_SMALLEST).max(-x.abs());
        let reduced = Reduced::new(simd, x);
        let q = exp_m1_of_rest(simd, reduced.rest(simd, x));
        let power = reduced.power(simd, 64.0);
        let s = power * constant(simd, TO_THE_MINUS_64);
        Self { power, numerator: q.mul_add(one - s, -s), denominator: s.mul_add(q, one + s) }
    }

    /// The smaller one of the sigmoid and its rest.
    #[inline(always)]
    fn small<S: Simd, T: Scalar>(&self, simd: S, quotient: V) -> V
    where
        V: Vector<S, T>,
    {
        self.power.mul_add(quotient, self.power) * constant(simd, TO_THE_MINUS_64)
    }
}
