//! The activations of whole registers, and their derivatives.
//!
//! The choice of function is outside the loop: each arm of [`values`] and [`slopes`] hands one closure to a loop over registers.
//! The last elements of a slice are a register that is not full, and go through the same instructions.

use super::Activation;
use crate::math::{constant, erfc, exp_m1, exp_nonpositive, ln_1p, sigmoid, sigmoid_and_rest, tanh};
use crate::scalar::Scalar;
use crate::simd::{Simd, Vector};

/// `y = f(y)`.
#[inline(always)]
pub(super) fn map<S: Simd, T: Scalar>(simd: S, y: &mut [T], f: impl Fn(T::Vector<S>) -> T::Vector<S>) {
    for y in y.chunks_mut(T::Vector::<S>::LANES) {
        f(T::Vector::<S>::load(simd, y)).store(y);
    }
}

/// `y = f(x)`.
#[inline(always)]
pub(super) fn map_into<S: Simd, T: Scalar>(simd: S, x: &[T], y: &mut [T], f: impl Fn(T::Vector<S>) -> T::Vector<S>) {
    let lanes = T::Vector::<S>::LANES;
    for (y, x) in y.chunks_mut(lanes).zip(x.chunks(lanes)) {
        let len = y.len().min(x.len());
        f(T::Vector::<S>::load(simd, x)).store(&mut y[..len]);
    }
}

/// `dy = dy * slope(x, y)`.
#[inline(always)]
fn multiply<S: Simd, T: Scalar>(simd: S, x: &[T], y: &[T], dy: &mut [T], slope: impl Fn(T::Vector<S>, T::Vector<S>) -> T::Vector<S>) {
    let lanes = T::Vector::<S>::LANES;
    let len = dy.len().min(x.len()).min(y.len());
    for ((dy, x), y) in dy[..len].chunks_mut(lanes).zip(x.chunks(lanes)).zip(y.chunks(lanes)) {
        let load = |from| T::Vector::<S>::load(simd, from);
        (load(dy) * slope(load(x), load(y))).store(dy);
    }
}

const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;

/// Of 0 and -0, and of 0 and NaN, what came in.
#[inline(always)]
pub(super) fn relu<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    V::splat(simd, T::ZERO).max(x)
}

#[inline(always)]
pub(super) fn leaky_relu<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, slope: f64, x: V) -> V {
    V::select(V::splat(simd, T::ZERO).lt(x), x, constant::<S, T, V>(simd, slope) * x)
}

/// `y = f(y)` with an activation of single elements.
#[inline(always)]
pub(super) fn values<S: Simd, T: Scalar>(simd: S, activation: Activation, y: &mut [T]) {
    let number = |x: f64| constant::<S, T, T::Vector<S>>(simd, x);
    let (zero, one) = (number(0.0), number(1.0));
    match activation {
        Activation::Linear | Activation::Softmax | Activation::LogSoftmax => {}
        Activation::Relu | Activation::Celu(0.0) => map(simd, y, |x| relu(simd, x)),
        Activation::LeakyRelu(slope) => map(simd, y, |x| leaky_relu(simd, slope, x)),
        Activation::Elu(alpha) => map(simd, y, |x| T::Vector::<S>::select(zero.lt(x), x, number(alpha) * exp_m1(simd, x))),
        Activation::Selu => {
            map(simd, y, |x| T::Vector::<S>::select(zero.lt(x), number(SELU_SCALE) * x, number(SELU_SCALE * SELU_ALPHA) * exp_m1(simd, x)))
        }
        Activation::Celu(alpha) => map(simd, y, |x| T::Vector::<S>::select(zero.lt(x), x, number(alpha) * exp_m1(simd, x / number(alpha)))),
        Activation::Gelu => map(simd, y, |x| x * normal_cdf(simd, x)),
        Activation::GeluTanh => map(simd, y, |x| x * sigmoid(simd, gelu_argument(simd, x))),
        Activation::Sigmoid => map(simd, y, |x| sigmoid(simd, x)),
        Activation::HardSigmoid => map(simd, y, |x| hard_sigmoid(simd, x)),
        Activation::Tanh => map(simd, y, |x| tanh(simd, x)),
        Activation::Softplus => map(simd, y, |x| zero.max(x) + ln_1p(simd, exp_nonpositive(simd, -x.abs()))),
        Activation::Softsign => map(simd, y, |x| x / (one + x.abs())),
        Activation::Silu => map(simd, y, |x| x * sigmoid(simd, x)),
        Activation::HardSwish => map(simd, y, |x| x * hard_sigmoid(simd, x)),
        Activation::Mish => map(simd, y, |x| x * tanh_softplus(simd, x)),
    }
}

/// `dy = dy * f'`. [`Activation::needs_input`] says which arms look at the input.
#[inline(always)]
pub(super) fn slopes<S: Simd, T: Scalar>(simd: S, activation: Activation, x: &[T], y: &[T], dy: &mut [T]) {
    let number = |x: f64| constant::<S, T, T::Vector<S>>(simd, x);
    let (zero, one) = (number(0.0), number(1.0));
    let select = |right: T::Vector<S>, yes, no| T::Vector::<S>::select(zero.lt(right), yes, no);
    match activation {
        Activation::Linear | Activation::Softmax | Activation::LogSoftmax => {}
        Activation::Relu | Activation::Celu(0.0) => multiply(simd, x, y, dy, |_, y| select(y, one, zero)),
        Activation::LeakyRelu(factor) => {
            let slope = number(factor);
            if activation.needs_input() {
                multiply(simd, x, y, dy, |x, _| select(x, one, slope));
            } else {
                multiply(simd, x, y, dy, |_, y| select(y, one, slope));
            }
        }
        Activation::Elu(factor) => {
            let alpha = number(factor);
            if activation.needs_input() {
                multiply(simd, x, y, dy, |x, y| select(x, one, y + alpha));
            } else {
                multiply(simd, x, y, dy, |_, y| select(y, one, y + alpha));
            }
        }
        Activation::Selu => multiply(simd, x, y, dy, |_, y| select(y, number(SELU_SCALE), y + number(SELU_SCALE * SELU_ALPHA))),
        Activation::Celu(alpha) => multiply(simd, x, y, dy, |_, y| select(y, one, one + y / number(alpha))),
        Activation::Gelu => multiply(simd, x, y, dy, |x, _| normal_cdf(simd, x) + x * normal_density(simd, x)),
        Activation::GeluTanh => multiply(simd, x, y, dy, |x, _| gelu_tanh_slope(simd, x)),
        Activation::Sigmoid => multiply(simd, x, y, dy, |_, y| y * (one - y)),
        Activation::HardSigmoid => {
            multiply(simd, x, y, dy, |_, y| select(y, T::Vector::<S>::select(y.lt(one), number(1.0 / 6.0), zero), zero));
        }
        Activation::Tanh => multiply(simd, x, y, dy, |_, y| (one - y) * (one + y)),
        Activation::Softplus => multiply(simd, x, y, dy, |_, y| -exp_m1(simd, -y)),
        Activation::Softsign => multiply(simd, x, y, dy, |_, y| (one - y.abs()) * (one - y.abs())),
        Activation::Silu => multiply(simd, x, y, dy, |x, _| {
            let (s, rest) = sigmoid_and_rest(simd, x);
            s + x * (s * rest)
        }),
        Activation::HardSwish => multiply(simd, x, y, dy, |x, _| hard_swish_slope(simd, x)),
        Activation::Mish => multiply(simd, x, y, dy, |x, _| mish_slope(simd, x)),
    }
}

/// `x` within `[low, high]`; NaN stays NaN.
#[inline(always)]
fn clamp<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V, low: f64, high: f64) -> V {
    constant::<S, T, V>(simd, high).min(constant::<S, T, V>(simd, low).max(x))
}

/// `min(max(x + 3, 0), 6) / 6`.
#[inline(always)]
fn hard_sigmoid<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    clamp(simd, x + constant(simd, 3.0), 0.0, 6.0) / constant(simd, 6.0)
}

/// `(2 x + 3) / 6` between -3 and 3, else 0 or 1.
#[inline(always)]
fn hard_swish_slope<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    let three = constant::<S, T, V>(simd, 3.0);
    let inside = (x + x + three) / constant(simd, 6.0);
    // No comparison holds for NaN, which so comes out of the middle.
    let left = V::select(x.lt(-three), V::splat(simd, T::ZERO), inside);
    V::select(three.lt(x), V::splat(simd, T::ONE), left)
}

/// `(1 + erf(x / sqrt 2)) / 2`, with a small relative error on the negative side too.
#[inline(always)]
fn normal_cdf<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    constant::<S, T, V>(simd, 0.5) * erfc(simd, x * constant(simd, -core::f64::consts::FRAC_1_SQRT_2))
}

/// `e^(-x^2 / 2) / sqrt(2 pi)`.
#[inline(always)]
fn normal_density<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    const FACTOR: f64 = 0.398_942_280_401_432_7;
    exp_nonpositive(simd, constant::<S, T, V>(simd, -0.5) * x * x) * constant(simd, FACTOR)
}

/// `2 sqrt(2 / pi)`.
const GELU_FACTOR: f64 = 1.595_769_121_605_730_8;
const GELU_CUBIC: f64 = 0.044_715;

/// `u` with `sigmoid(u) = (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2`: no cancellation on the negative side.
#[inline(always)]
fn gelu_argument<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    constant::<S, T, V>(simd, GELU_FACTOR) * x * (V::splat(simd, T::ONE) + constant::<S, T, V>(simd, GELU_CUBIC) * x * x)
}

#[inline(always)]
fn gelu_tanh_slope<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    // Beyond 100 it is 0 or 1 exactly; x^2 could overflow and 0 * inf is NaN.
    let x = clamp(simd, x, -100.0, 100.0);
    let (s, rest) = sigmoid_and_rest(simd, gelu_argument(simd, x));
    let inner = constant::<S, T, V>(simd, GELU_FACTOR) * (V::splat(simd, T::ONE) + constant::<S, T, V>(simd, 3.0 * GELU_CUBIC) * x * x);
    s + x * (s * rest) * inner
}

/// `tanh(ln(1 + e^x))` as a quotient of polynomials in `e^-|x|`, which cannot overflow and does not cancel.
#[inline(always)]
fn tanh_softplus<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    let (one, two) = (V::splat(simd, T::ONE), constant::<S, T, V>(simd, 2.0));
    let e = exp_nonpositive(simd, -x.abs());
    let negative = x.lt(V::splat(simd, T::ZERO));
    let numerator = V::select(negative, e * (e + two), one + two * e);
    numerator / (numerator + V::select(negative, two, two * e * e))
}

/// `t + x (1 - t^2) sigmoid(x)` for `t = tanh(softplus(x))`, with `(1 - t^2) sigmoid(x)` as a quotient of polynomials as well.
#[inline(always)]
fn mish_slope<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    let (one, two, four) = (V::splat(simd, T::ONE), constant::<S, T, V>(simd, 2.0), constant::<S, T, V>(simd, 4.0));
    let e = exp_nonpositive(simd, -x.abs());
    let negative = x.lt(V::splat(simd, T::ZERO));
    let common = four * e * (one + e);
    let numerator = V::select(negative, common, common * e);
    let root = V::select(negative, e * (e + two) + two, one + two * e + two * e * e);
    tanh_softplus(simd, x) + x * (numerator / (root * root))
}
