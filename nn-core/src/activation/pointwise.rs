//! The activations of whole registers, and their derivatives.
//!
//! Each function is a type, so that a loop over registers is compiled for it alone: a program links the functions that it uses.
//! The last elements of a slice are a register that is not full, and go through the same instructions.

use super::Activation;
use crate::math::{constant, erfc, exp_m1, exp_nonpositive, ln_1p, sigmoid, sigmoid_and_rest, tanh};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, Vector};

/// The lanes of the widest register.
pub(super) const WIDEST: usize = 16;

/// `y = f(y)` for the registers of a slice.
///
/// A macro, because a closure need not be inlined, and outside the caller there are no vector instructions. What does not fill a
/// register goes through the same code from a place where it does.
macro_rules! map {
    ($simd:expr, $y:expr, |$x:ident| $f:expr) => {{
        let lanes = T::Vector::<S>::LANES;
        let y: &mut [T] = $y;
        let (full, rest) = y.split_at_mut(y.len() / lanes * lanes);
        let mut last = [T::ZERO; $crate::activation::pointwise::WIDEST];
        let mut last_lanes = 0;
        if !rest.is_empty() {
            T::Vector::<S>::load_partial($simd, rest).store(&mut last);
            last_lanes = lanes;
        }
        for part in [full, &mut last[..last_lanes]] {
            for y in part.chunks_exact_mut(lanes) {
                let $x = T::Vector::<S>::load($simd, y);
                $f.store(y);
            }
        }
        if !rest.is_empty() {
            T::Vector::<S>::load($simd, &last).store_partial(rest);
        }
    }};
}
pub(super) use map;

/// `y = f(x)`, for functions of few instructions.
macro_rules! map_into {
    ($simd:expr, $from:expr, $y:expr, |$x:ident| $f:expr) => {{
        let lanes = T::Vector::<S>::LANES;
        let len = $y.len().min($from.len());
        let (mut y, mut x) = ($y[..len].chunks_exact_mut(lanes), $from[..len].chunks_exact(lanes));
        for (y, x) in (&mut y).zip(&mut x) {
            let $x = T::Vector::<S>::load($simd, x);
            $f.store(y);
        }
        let $x = T::Vector::<S>::load_partial($simd, x.remainder());
        $f.store_partial(y.into_remainder());
    }};
}
pub(super) use map_into;

/// `dy = dy * slope(x, y)`.
macro_rules! multiply {
    ($simd:expr, $from:expr, $to:expr, $dy:expr, |$x:pat_param, $y:pat_param| $slope:expr) => {{
        let lanes = T::Vector::<S>::LANES;
        let len = $dy.len().min($from.len()).min($to.len());
        let full = len / lanes * lanes;
        let (dy, dy_rest) = $dy[..len].split_at_mut(full);
        let ((x, x_rest), (y, y_rest)) = ($from[..len].split_at(full), $to[..len].split_at(full));
        let [mut last_x, mut last_y, mut last] = [[T::ZERO; WIDEST]; 3];
        for (rest, last) in [(x_rest, &mut last_x), (y_rest, &mut last_y), (&*dy_rest, &mut last)] {
            T::Vector::<S>::load_partial($simd, rest).store(last);
        }
        let last_lanes = if dy_rest.is_empty() { 0 } else { lanes };
        for (dy, x, y) in [(dy, x, y), (&mut last[..last_lanes], &last_x[..], &last_y[..])] {
            for ((dy, x), y) in dy.chunks_exact_mut(lanes).zip(x.chunks_exact(lanes)).zip(y.chunks_exact(lanes)) {
                let ($x, $y) = (T::Vector::<S>::load($simd, x), T::Vector::<S>::load($simd, y));
                (T::Vector::<S>::load($simd, dy) * $slope).store(dy);
            }
        }
        T::Vector::<S>::load($simd, &last).store_partial(dy_rest);
    }};
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

/// A function of single elements.
pub(super) trait Function<T: Scalar>: Copy {
    /// `f(x)`.
    fn value<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S>;
    /// `f'(x)`, given `y = f(x)`. Where [`Activation::needs_input`] says no, `x` is anything.
    fn slope<S: Simd>(self, simd: S, x: T::Vector<S>, y: T::Vector<S>) -> T::Vector<S>;
}

/// Runs `$run` with the function of an activation in `$f`, each in an arm of its own: what is compiled for one is compiled for it
/// alone. `$rows` is for the activations of whole rows.
macro_rules! with_function {
    ($activation:expr, |$f:ident| $run:expr, rows: $rows:expr) => {{
        use $crate::activation::{Activation, pointwise};
        match $activation {
            Activation::Linear => {}
            Activation::Softmax | Activation::LogSoftmax => $rows,
            Activation::Relu | Activation::Celu(0.0) => {
                let $f = pointwise::Relu;
                $run
            }
            Activation::LeakyRelu(slope) => {
                let $f = pointwise::LeakyRelu(slope);
                $run
            }
            Activation::Elu(alpha) => {
                let $f = pointwise::Elu(alpha);
                $run
            }
            Activation::Selu => {
                let $f = pointwise::Selu;
                $run
            }
            Activation::Celu(alpha) => {
                let $f = pointwise::Celu(alpha);
                $run
            }
            Activation::Gelu => {
                let $f = pointwise::Gelu;
                $run
            }
            Activation::GeluTanh => {
                let $f = pointwise::GeluTanh;
                $run
            }
            Activation::Sigmoid => {
                let $f = pointwise::Sigmoid;
                $run
            }
            Activation::HardSigmoid => {
                let $f = pointwise::HardSigmoid;
                $run
            }
            Activation::Tanh => {
                let $f = pointwise::Tanh;
                $run
            }
            Activation::Softplus => {
                let $f = pointwise::Softplus;
                $run
            }
            Activation::Softsign => {
                let $f = pointwise::Softsign;
                $run
            }
            Activation::Silu => {
                let $f = pointwise::Silu;
                $run
            }
            Activation::HardSwish => {
                let $f = pointwise::HardSwish;
                $run
            }
            Activation::Mish => {
                let $f = pointwise::Mish;
                $run
            }
        }
    }};
}
pub(super) use with_function;

/// `y = f(y)`.
pub(super) struct Values<'a, F, T>(pub F, pub &'a mut [T]);

impl<T: Scalar, F: Function<T>> Kernel for Values<'_, F, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        map!(simd, self.1, |x| self.0.value(simd, x));
    }
}

/// `dy = dy * f'`.
pub(super) struct Slopes<'a, F, T> {
    pub f: F,
    pub x: &'a [T],
    pub y: &'a [T],
    pub dy: &'a mut [T],
}

impl<T: Scalar, F: Function<T>> Kernel for Slopes<'_, F, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        multiply!(simd, self.x, self.y, self.dy, |x, y| self.f.slope(simd, x, y));
    }
}

/// A function as a type: its name, its parameters, its value and its derivative.
macro_rules! function {
    ($name:ident $(($parameter:ident))?, |$simd:ident, $x:ident| $value:expr, |$x2:pat_param, $y:pat_param| $slope:expr) => {
        #[derive(Clone, Copy)]
        pub(super) struct $name $((pub function!(@number $parameter)))?;

        impl<T: Scalar> Function<T> for $name {
            #[inline(always)]
            fn value<S: Simd>(self, $simd: S, $x: T::Vector<S>) -> T::Vector<S> {
                $(let Self($parameter) = self;)?
                $value
            }
            #[inline(always)]
            fn slope<S: Simd>(self, $simd: S, $x2: T::Vector<S>, $y: T::Vector<S>) -> T::Vector<S> {
                $(let Self($parameter) = self;)?
                $slope
            }
        }
    };
    (@number $parameter:ident) => { f64 };
}

/// `yes` where `x` is above 0, else `no`.
#[inline(always)]
fn positive<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V, yes: V, no: V) -> V {
    V::select(V::splat(simd, T::ZERO).lt(x), yes, no)
}

#[inline(always)]
fn one<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S) -> V {
    V::splat(simd, T::ONE)
}

#[inline(always)]
fn zero<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S) -> V {
    V::splat(simd, T::ZERO)
}

function!(Relu, |simd, x| relu(simd, x), |_, y| positive(simd, y, one(simd), zero(simd)));
function!(LeakyRelu(slope), |simd, x| leaky_relu(simd, slope, x), |x, y| {
    positive(simd, side(slope, x, y), one(simd), constant(simd, slope))
});
function!(Elu(alpha), |simd, x| positive(simd, x, x, constant::<S, T, T::Vector<S>>(simd, alpha) * exp_m1(simd, x)), |x, y| {
    positive(simd, side(alpha, x, y), one(simd), y + constant(simd, alpha))
});
function!(
    Selu,
    |simd, x| positive(
        simd,
        x,
        constant::<S, T, T::Vector<S>>(simd, SELU_SCALE) * x,
        constant::<S, T, T::Vector<S>>(simd, SELU_SCALE * SELU_ALPHA) * exp_m1(simd, x)
    ),
    |_, y| positive(simd, y, constant(simd, SELU_SCALE), y + constant(simd, SELU_SCALE * SELU_ALPHA))
);
function!(
    Celu(alpha),
    |simd, x| positive(simd, x, x, constant::<S, T, T::Vector<S>>(simd, alpha) * exp_m1(simd, x / constant(simd, alpha))),
    |_, y| positive(simd, y, one(simd), one::<S, T, T::Vector<S>>(simd) + y / constant(simd, alpha))
);
function!(Gelu, |simd, x| x * normal_cdf(simd, x), |x, _| normal_cdf(simd, x) + x * normal_density(simd, x));
function!(GeluTanh, |simd, x| x * sigmoid(simd, gelu_argument(simd, x)), |x, _| gelu_tanh_slope(simd, x));
function!(Sigmoid, |simd, x| sigmoid(simd, x), |_, y| y * (one::<S, T, T::Vector<S>>(simd) - y));
function!(HardSigmoid, |simd, x| hard_sigmoid(simd, x), |_, y| {
    positive(simd, y, T::Vector::<S>::select(y.lt(one(simd)), constant(simd, 1.0 / 6.0), zero(simd)), zero(simd))
});
function!(Tanh, |simd, x| tanh(simd, x), |_, y| (one::<S, T, T::Vector<S>>(simd) - y) * (one::<S, T, T::Vector<S>>(simd) + y));
function!(Softplus, |simd, x| zero::<S, T, T::Vector<S>>(simd).max(x) + ln_1p(simd, exp_nonpositive(simd, -x.abs())), |_, y| -exp_m1(
    simd, -y
));
function!(Softsign, |simd, x| x / (one::<S, T, T::Vector<S>>(simd) + x.abs()), |_, y| {
    let rest = one::<S, T, T::Vector<S>>(simd) - y.abs();
    rest * rest
});
function!(Silu, |simd, x| x * sigmoid(simd, x), |x, _| {
    let (s, rest) = sigmoid_and_rest(simd, x);
    s + x * (s * rest)
});
function!(HardSwish, |simd, x| x * hard_sigmoid(simd, x), |x, _| hard_swish_slope(simd, x));
function!(Mish, |simd, x| x * tanh_softplus(simd, x), |x, _| mish_slope(simd, x));

/// What tells the two sides of 0 apart: the output, unless the factor below 0 makes it positive there too.
#[inline(always)]
fn side<V>(factor: f64, x: V, y: V) -> V {
    if Activation::LeakyRelu(factor).needs_input() { x } else { y }
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
