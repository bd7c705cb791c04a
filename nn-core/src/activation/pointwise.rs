//! The activations of one number, and their derivatives.
//!
//! The choice of function is outside the loop: each arm of [`values`] and [`slopes`] hands one closure to a loop over slices,
//! so that every function has a loop of its own, which the compiler can vectorise where the function allows.

use super::Activation;
use crate::scalar::Scalar;

/// A loop that needs to know a function.
pub(super) trait Map<T> {
    fn each(self, f: impl Fn(T) -> T);
}

/// `y = f(x)`.
pub(super) struct Write<'a, T> {
    pub x: &'a [T],
    pub y: &'a mut [T],
}

impl<T: Scalar> Map<T> for Write<'_, T> {
    #[inline(always)]
    fn each(self, f: impl Fn(T) -> T) {
        for (y, x) in self.y.iter_mut().zip(self.x) {
            *y = f(*x);
        }
    }
}

/// `y = f(y)`.
pub(super) struct InPlace<'a, T> {
    pub y: &'a mut [T],
}

impl<T: Scalar> Map<T> for InPlace<'_, T> {
    #[inline(always)]
    fn each(self, f: impl Fn(T) -> T) {
        for y in self.y {
            *y = f(*y);
        }
    }
}

/// Hands `f(x)` to a visitor.
pub(super) struct Stream<'a, T> {
    pub x: &'a [T],
    pub visit: &'a mut dyn FnMut(usize, T),
}

impl<T: Scalar> Map<T> for Stream<'_, T> {
    #[inline(always)]
    fn each(self, f: impl Fn(T) -> T) {
        for (index, x) in self.x.iter().enumerate() {
            (self.visit)(index, f(*x));
        }
    }
}

/// A loop that needs to know a derivative, as a function of input and output.
pub(super) trait Slopes<T> {
    fn each(self, slope: impl Fn(T, T) -> T);
}

/// `dx = dy * slope`.
pub(super) struct SlopesInto<'a, T> {
    pub x: &'a [T],
    pub y: &'a [T],
    pub dy: &'a [T],
    pub dx: &'a mut [T],
}

impl<T: Scalar> Slopes<T> for SlopesInto<'_, T> {
    #[inline(always)]
    fn each(self, slope: impl Fn(T, T) -> T) {
        for (((dx, dy), x), y) in self.dx.iter_mut().zip(self.dy).zip(self.x).zip(self.y) {
            *dx = *dy * slope(*x, *y);
        }
    }
}

/// `dy = dy * slope`.
pub(super) struct SlopesInPlace<'a, T> {
    pub x: &'a [T],
    pub y: &'a [T],
    pub dy: &'a mut [T],
}

impl<T: Scalar> Slopes<T> for SlopesInPlace<'_, T> {
    #[inline(always)]
    fn each(self, slope: impl Fn(T, T) -> T) {
        for ((dy, x), y) in self.dy.iter_mut().zip(self.x).zip(self.y) {
            *dy *= slope(*x, *y);
        }
    }
}

/// `y = dy(y) * slope`.
pub(super) struct Chain<'a, T> {
    pub x: &'a [T],
    pub y: &'a mut [T],
    pub dy: &'a dyn Fn(usize, T) -> T,
}

impl<T: Scalar> Slopes<T> for Chain<'_, T> {
    #[inline(always)]
    fn each(self, slope: impl Fn(T, T) -> T) {
        for (index, (y, x)) in self.y.iter_mut().zip(self.x).enumerate() {
            *y = (self.dy)(index, *y) * slope(*x, *y);
        }
    }
}

const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;

/// Runs `map` with Relu. Not `max`: the instruction behind it swallows NaN.
#[inline(always)]
pub(super) fn relu<T: Scalar, M: Map<T>>(map: M) {
    map.each(|x| if T::ZERO > x { T::ZERO } else { x });
}

/// Runs `map` with LeakyRelu.
#[inline(always)]
pub(super) fn leaky_relu<T: Scalar, M: Map<T>>(slope: f64, map: M) {
    let slope = T::from_f64(slope);
    map.each(|x| if x > T::ZERO { x } else { slope * x });
}

/// Runs `map` with the function.
#[inline(always)]
pub(super) fn values<T: Scalar, M: Map<T>>(activation: Activation, map: M) {
    let (zero, one) = (T::ZERO, T::ONE);
    match activation {
        Activation::Linear | Activation::Softmax | Activation::LogSoftmax => map.each(|x| x),
        Activation::Relu | Activation::Celu(0.0) => relu(map),
        Activation::LeakyRelu(slope) => leaky_relu(slope, map),
        Activation::Elu(alpha) => {
            let alpha = T::from_f64(alpha);
            map.each(|x| if x > zero { x } else { alpha * x.exp_m1() })
        }
        Activation::Selu => {
            let (scale, both) = (T::from_f64(SELU_SCALE), T::from_f64(SELU_SCALE * SELU_ALPHA));
            map.each(|x| if x > zero { scale * x } else { both * x.exp_m1() })
        }
        Activation::Celu(alpha) => {
            let alpha = T::from_f64(alpha);
            map.each(|x| if x > zero { x } else { alpha * (x / alpha).exp_m1() })
        }
        Activation::Gelu => map.each(|x| x * normal_cdf(x)),
        Activation::GeluTanh => map.each(|x| x * sigmoid(gelu_argument(x))),
        Activation::Sigmoid => map.each(sigmoid),
        Activation::HardSigmoid => map.each(hard_sigmoid),
        Activation::Tanh => map.each(T::tanh),
        Activation::Softplus => map.each(|x| x.maximum(zero) + (-x.abs()).exp().ln_1p()),
        Activation::Softsign => map.each(|x| x / (one + x.abs())),
        Activation::Silu => map.each(|x| x * sigmoid(x)),
        Activation::HardSwish => map.each(|x| x * hard_sigmoid(x)),
        Activation::Mish => map.each(|x| x * tanh_softplus(x)),
    }
}

/// Runs `map` with the derivative. [`Activation::needs_input`] says which arms look at the input.
#[inline(always)]
pub(super) fn slopes<T: Scalar, M: Slopes<T>>(activation: Activation, map: M) {
    let (zero, one) = (T::ZERO, T::ONE);
    match activation {
        Activation::Linear | Activation::Softmax | Activation::LogSoftmax => map.each(|_, _| one),
        Activation::Relu | Activation::Celu(0.0) => map.each(|_, y| if y > zero { one } else { zero }),
        Activation::LeakyRelu(factor) => {
            let slope = T::from_f64(factor);
            if activation.needs_input() {
                map.each(|x, _| if x > zero { one } else { slope })
            } else {
                map.each(|_, y| if y > zero { one } else { slope })
            }
        }
        Activation::Elu(factor) => {
            let alpha = T::from_f64(factor);
            if activation.needs_input() {
                map.each(|x, y| if x > zero { one } else { y + alpha })
            } else {
                map.each(|_, y| if y > zero { one } else { y + alpha })
            }
        }
        Activation::Selu => {
            let (scale, both) = (T::from_f64(SELU_SCALE), T::from_f64(SELU_SCALE * SELU_ALPHA));
            map.each(|_, y| if y > zero { scale } else { y + both })
        }
        Activation::Celu(alpha) => {
            let alpha = T::from_f64(alpha);
            map.each(|_, y| if y > zero { one } else { one + y / alpha })
        }
        Activation::Gelu => map.each(|x, _| normal_cdf(x) + x * normal_density(x)),
        Activation::GeluTanh => map.each(|x, _| gelu_tanh_slope(x)),
        Activation::Sigmoid => map.each(|_, y| y * (one - y)),
        Activation::HardSigmoid => {
            let sixth = T::from_f64(1.0 / 6.0);
            map.each(|_, y| if y > zero && y < one { sixth } else { zero })
        }
        Activation::Tanh => map.each(|_, y| (one - y) * (one + y)),
        Activation::Softplus => map.each(|_, y| -(-y).exp_m1()),
        Activation::Softsign => map.each(|_, y| (one - y.abs()) * (one - y.abs())),
        Activation::Silu => map.each(|x, _| {
            let (s, rest) = sigmoid_and_rest(x);
            s + x * (s * rest)
        }),
        Activation::HardSwish => map.each(|x, _| hard_swish_slope(x)),
        Activation::Mish => map.each(|x, _| mish_slope(x)),
    }
}

/// `1 / (1 + e^-x)`, in `[0, 1]`, with a small relative error at both ends: only powers of e below 1 occur.
#[inline]
pub(crate) fn sigmoid<T: Scalar>(x: T) -> T {
    sigmoid_and_rest(x).0
}

/// The sigmoid and one minus it, each with a small relative error.
#[inline]
fn sigmoid_and_rest<T: Scalar>(x: T) -> (T, T) {
    let e = (-x.abs()).exp();
    let (large, small) = (T::ONE / (T::ONE + e), e / (T::ONE + e));
    if x >= T::ZERO { (large, small) } else { (small, large) }
}

/// `min(max(x + 3, 0), 6) / 6`.
#[inline(always)]
fn hard_sigmoid<T: Scalar>(x: T) -> T {
    let (three, six) = (T::from_f64(3.0), T::from_f64(6.0));
    (x + three).maximum(T::ZERO).minimum(six) / six
}

/// `(2 x + 3) / 6` between -3 and 3, else 0 or 1.
#[inline(always)]
fn hard_swish_slope<T: Scalar>(x: T) -> T {
    let three = T::from_f64(3.0);
    if x <= -three {
        T::ZERO
    } else if x >= three {
        T::ONE
    } else {
        (x + x + three) / T::from_f64(6.0)
    }
}

/// `(1 + erf(x / sqrt 2)) / 2`.
#[inline]
fn normal_cdf<T: Scalar>(x: T) -> T {
    T::from_f64(0.5) * (T::ONE + (x * T::from_f64(core::f64::consts::FRAC_1_SQRT_2)).erf())
}

/// `e^(-x^2 / 2) / sqrt(2 pi)`.
#[inline]
fn normal_density<T: Scalar>(x: T) -> T {
    const FACTOR: f64 = 0.398_942_280_401_432_7;
    (T::from_f64(-0.5) * x * x).exp() * T::from_f64(FACTOR)
}

/// `2 sqrt(2 / pi)`.
const GELU_FACTOR: f64 = 1.595_769_121_605_730_8;
const GELU_CUBIC: f64 = 0.044_715;

/// `u` with `sigmoid(u) = (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2`: no cancellation on the negative side.
#[inline]
fn gelu_argument<T: Scalar>(x: T) -> T {
    T::from_f64(GELU_FACTOR) * x * (T::ONE + T::from_f64(GELU_CUBIC) * x * x)
}

#[inline]
fn gelu_tanh_slope<T: Scalar>(x: T) -> T {
    // Beyond 100 it is 0 or 1 exactly; x^2 could overflow and 0 * inf is NaN.
    let x = x.maximum(T::from_f64(-100.0)).minimum(T::from_f64(100.0));
    let (s, rest) = sigmoid_and_rest(gelu_argument(x));
    let inner = T::from_f64(GELU_FACTOR) * (T::ONE + T::from_f64(3.0 * GELU_CUBIC) * x * x);
    s + x * (s * rest) * inner
}

/// `tanh(ln(1 + e^x))` as a quotient of polynomials in `e^-|x|`, which cannot overflow and does not cancel.
#[inline]
fn tanh_softplus<T: Scalar>(x: T) -> T {
    let two = T::from_f64(2.0);
    let e = (-x.abs()).exp();
    if x >= T::ZERO {
        (T::ONE + two * e) / (T::ONE + two * e + two * e * e)
    } else {
        let n = e * (e + two);
        n / (n + two)
    }
}

/// `t + x (1 - t^2) sigmoid(x)` for `t = tanh(softplus(x))`, with `(1 - t^2) sigmoid(x)` as a quotient of polynomials as well.
#[inline]
fn mish_slope<T: Scalar>(x: T) -> T {
    let (two, four) = (T::from_f64(2.0), T::from_f64(4.0));
    let e = (-x.abs()).exp();
    let (numerator, root) = if x >= T::ZERO {
        (four * e * e * (T::ONE + e), T::ONE + two * e + two * e * e)
    } else {
        (four * e * (T::ONE + e), e * (e + two) + two)
    };
    tanh_softplus(x) + x * (numerator / (root * root))
}
