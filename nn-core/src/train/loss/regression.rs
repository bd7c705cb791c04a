//! The losses of regression: functions of the error `e = y - t`.

use super::options::expect;
use super::pointwise::{self, Pointwise, clamp, inside, mean, sign};
use super::{BadOption, EPSILON, Loss, TargetError, default_value, elements, elements_mut, target};
use crate::activation::Activation;
use crate::math::{constant, exp_m1, exp_nonpositive, ln, ln_1p, tanh};
use crate::scalar::Scalar;
use crate::shape::Real;
use crate::simd::{Simd, Vector};
use core::f64::consts::LN_2;

/// `mean((y - t)^2)` over the elements of the output, Keras's `MeanSquaredError`. For regression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MeanSquaredError;

impl Pointwise for MeanSquaredError {
    const SQUARED: bool = true;
    #[inline(always)]
    fn term<S: Simd, T: Scalar>(self, _: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        y - t
    }
    #[inline(always)]
    fn slope<S: Simd, T: Scalar>(self, _: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        (y - t) + (y - t)
    }
}
mean!(MeanSquaredError, check = target::finite);

/// `mean(|y - t|)` over the elements of the output, Keras's `MeanAbsoluteError`. Outliers count less than in
/// [`MeanSquaredError`]. Derivative at 0: 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MeanAbsoluteError;

impl Pointwise for MeanAbsoluteError {
    #[inline(always)]
    fn term<S: Simd, T: Scalar>(self, _: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        (y - t).abs()
    }
    #[inline(always)]
    fn slope<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        sign(simd, y - t)
    }
}
mean!(MeanAbsoluteError, check = target::finite);

/// `100 mean(|y - t| / max(|t|, 1e-7))` over the elements of the output, Keras's `MeanAbsolutePercentageError`. A target of 0 makes
/// it huge: use it where targets keep away from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MeanAbsolutePercentageError;

/// `100 / max(|t|, 1e-7)`.
#[inline(always)]
fn per_cent<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, t: V) -> V {
    constant::<S, T, V>(simd, 100.0) / constant::<S, T, V>(simd, EPSILON).max(t.abs())
}

impl Pointwise for MeanAbsolutePercentageError {
    #[inline(always)]
    fn term<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        (y - t).abs() * per_cent(simd, t)
    }
    #[inline(always)]
    fn slope<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        sign::<S, T, _>(simd, y - t) * per_cent(simd, t)
    }
}
mean!(MeanAbsolutePercentageError, check = target::finite);

/// `mean((ln(1 + y) - ln(1 + t))^2)` over the elements of the output, Keras's `MeanSquaredLogarithmicError`: for targets of many
/// orders of magnitude. Outputs below 1e-7 count as 1e-7, as in Keras; targets are at least 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MeanSquaredLogarithmicError;

/// `ln((1 + y) / (1 + t))` for `y` and `t` of at least 0. Near each other their difference is what counts, and far apart it is not
/// what to take.
#[inline(always)]
fn ln_ratio<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, y: V, t: V) -> V {
    let (one, half) = (V::splat(simd, T::ONE), constant::<S, T, V>(simd, 0.5));
    let difference = (y - t) / (one + t);
    V::select(difference.abs().lt(half), ln_1p(simd, difference), ln(simd, (one + y) / (one + t)))
}

/// Both at least 1e-7.
#[inline(always)]
fn floored<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, y: V, t: V) -> (V, V) {
    let least = constant::<S, T, V>(simd, EPSILON);
    (least.max(y), least.max(t))
}

impl Pointwise for MeanSquaredLogarithmicError {
    const SQUARED: bool = true;
    #[inline(always)]
    fn term<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        let (y, t) = floored(simd, y, t);
        ln_ratio(simd, y, t)
    }
    #[inline(always)]
    fn slope<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        let (above, t) = floored(simd, y, t);
        let two = constant::<S, T, T::Vector<S>>(simd, 2.0);
        let slope = two * ln_ratio(simd, above, t) / (above + T::Vector::<S>::splat(simd, T::ONE));
        inside(simd, y, EPSILON, f64::INFINITY, slope)
    }
}
mean!(MeanSquaredLogarithmicError, check = target::not_negative);

/// `e^2 / 2` for errors `|e|` up to `delta`, `delta (|e| - delta / 2)` beyond, averaged over the elements of the output (Huber 1964),
/// Keras's `Huber`. PyTorch's `SmoothL1Loss(beta)` is `Weighted(1 / beta, Huber.delta(beta))`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Huber {
    /// Where the parabola ends, above 0. Default: 1.
    pub delta: f64,
}
default_value!(Huber { delta: 1.0 });

impl Huber {
    /// With another `delta`.
    #[must_use]
    pub const fn delta(self, delta: f64) -> Self {
        Self { delta }
    }
}

impl Pointwise for Huber {
    #[inline(always)]
    fn term<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        let size = (y - t).abs();
        let (delta, half) = (constant::<S, T, T::Vector<S>>(simd, self.delta), constant::<S, T, T::Vector<S>>(simd, 0.5));
        T::Vector::<S>::select(delta.lt(size), delta * (size - half * delta), half * size * size)
    }
    #[inline(always)]
    fn slope<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        clamp(simd, y - t, -self.delta, self.delta)
    }
}
mean!(
    Huber,
    check = target::finite,
    options = |huber: &Self| {
        let delta = huber.delta;
        expect("delta", delta, "a finite number above 0", delta > 0.0 && delta.is_finite())
    }
);

/// `mean(ln(cosh(y - t)))` over the elements of the output, Keras's `LogCosh`: `e^2 / 2` for small errors, `|e| - ln 2` for large ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogCosh;

impl Pointwise for LogCosh {
    /// Below 1 by `cosh(a) = 1 + (1 - e^-a)^2 / (2 e^-a)`, which keeps the digits of a small error; from there on by
    /// `a - ln 2 + ln(1 + e^-2a)`, which does not overflow.
    #[inline(always)]
    fn term<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        let (one, a) = (T::Vector::<S>::splat(simd, T::ONE), (y - t).abs());
        let e = exp_m1(simd, -a);
        let near = ln_1p(simd, e * e / (constant::<S, T, T::Vector<S>>(simd, 2.0) * (one + e)));
        let far = (a - constant(simd, LN_2)) + ln_1p(simd, exp_nonpositive(simd, -(a + a)));
        T::Vector::<S>::select(a.lt(one), near, far)
    }
    #[inline(always)]
    fn slope<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        tanh(simd, y - t)
    }
}
mean!(LogCosh, check = target::finite);

/// `sqrt(mean((y - t)^2))`, the mean over the elements of the output: the root of a sample's [`MeanSquaredError`]. The trainer
/// averages the roots of the samples; the root of the mean over all samples is a metric, and as a loss has the same minimum as
/// [`MeanSquaredError`]. Gradient at a perfect output: 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RootMeanSquaredError;

impl<T: Scalar, O: Real> Loss<T, O> for RootMeanSquaredError {
    type Target = O::Array<T>;

    fn check(&self, target: &Self::Target) -> Result<(), TargetError> {
        target::finite(elements::<T, O>(target))
    }

    fn sample(&self, head: Activation, z: &O::Array<T>, target: &Self::Target, dz: &mut O::Array<T>) -> T {
        let loss = Loss::<T, O>::value(self, head, z, target);
        let (z, t, dz) = (elements::<T, O>(z), elements::<T, O>(target), elements_mut::<T, O>(dz));
        let factor = if loss == T::ZERO { 0.0 } else { 0.5 / (z.len().max(1) as f64 * loss.to_f64()) };
        pointwise::sample(MeanSquaredError, head, O::DIMS.last(), z, t, dz, T::from_f64(factor));
        loss
    }

    fn value(&self, head: Activation, z: &O::Array<T>, target: &Self::Target) -> T {
        let (z, t) = (elements::<T, O>(z), elements::<T, O>(target));
        let mean = pointwise::value(MeanSquaredError, head, O::DIMS.last(), z, t) / z.len().max(1) as f64;
        T::from_f64(libm::sqrt(mean))
    }
}
