//! Binary focal cross-entropy.

use super::binary_crossentropy::{fuse, hits};
use super::options::{Options, expect, expect_smoothing};
use super::pointwise::{self, Pointwise, clamp, inside};
use super::{BadOption, EPSILON, FromLogits, Loss, TargetError, default_value, elements, elements_mut, target};
use crate::activation::Activation;
use crate::math::{constant, exp, exp_nonpositive, ln, ln_1p, sigmoid_and_rest};
use crate::scalar::Scalar;
use crate::shape::Real;
use crate::simd::{Simd, Vector};

/// [`BinaryCrossentropy`](struct@super::BinaryCrossentropy) in which each element counts by `(1 - p_t)^gamma`, `p_t = t p + (1 - t) (1 - p)`: what
/// is right already counts little (Lin et al. 2017). Keras's `BinaryFocalCrossentropy`.
///
/// Behind a Sigmoid, or as [`FromLogits`], the loss is taken from logits without clipping.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BinaryFocalCrossentropy {
    /// The exponent, at least 0; 0 is [`BinaryCrossentropy`](struct@super::BinaryCrossentropy). Default: 2.
    pub gamma: f64,
    /// The weight of yes, with `1 - alpha` for no: Keras's `apply_class_balancing=True`. Default: `None`, both count 1.
    pub alpha: Option<f64>,
    /// Moves each target to one half by this share. Default: 0.
    pub label_smoothing: f64,
}
default_value!(BinaryFocalCrossentropy { gamma: 2.0, alpha: None, label_smoothing: 0.0 });

impl BinaryFocalCrossentropy {
    /// With another `gamma`.
    #[must_use]
    pub const fn gamma(self, gamma: f64) -> Self {
        Self { gamma, ..self }
    }
    /// With the weights `alpha` of yes and `1 - alpha` of no. Keras's `alpha` is 0.25.
    #[must_use]
    pub const fn alpha(self, alpha: f64) -> Self {
        Self { alpha: Some(alpha), ..self }
    }
    /// With label smoothing, in `0.0..1.0`.
    #[must_use]
    pub const fn label_smoothing(self, label_smoothing: f64) -> Self {
        Self { label_smoothing, ..self }
    }

    /// The smoothed target and the weight of an element.
    #[inline(always)]
    fn target<S: Simd, T: Scalar, V: Vector<S, T>>(self, simd: S, t: V) -> (V, V) {
        let one = V::splat(simd, T::ONE);
        let t = t * constant(simd, 1.0 - self.label_smoothing) + constant(simd, 0.5 * self.label_smoothing);
        let weight = match self.alpha {
            Some(alpha) => t * constant(simd, alpha) + (one - t) * constant(simd, 1.0 - alpha),
            None => one,
        };
        (t, weight)
    }
}

/// `gamma` at least 0, `alpha` a share.
pub(super) fn check(gamma: f64, alpha: f64, label_smoothing: f64) -> Result<(), BadOption> {
    expect("gamma", gamma, "a finite number, at least 0", gamma >= 0.0 && gamma.is_finite())?;
    expect("alpha", alpha, "a number in 0.0..=1.0", (0.0..=1.0).contains(&alpha))?;
    expect_smoothing(label_smoothing)
}

/// `q^gamma` for `q` in `[0, 1]`.
#[inline(always)]
pub(super) fn power<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, q: V, gamma: f64) -> V {
    if gamma == 0.0 {
        return V::splat(simd, T::ONE);
    }
    if gamma == 2.0 {
        return q * q;
    }
    exp(simd, constant::<S, T, V>(simd, gamma) * ln(simd, q))
}

/// On logits.
#[derive(Clone, Copy)]
struct Logits(BinaryFocalCrossentropy);

impl Logits {
    /// Sigmoid of `z` and the rest to 1, and `1 - p_t`, which does not lose digits near 0.
    #[inline(always)]
    fn parts<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, z: V, t: V) -> (V, V, V) {
        let (p, rest) = sigmoid_and_rest(simd, z);
        (p, rest, t * rest + (V::splat(simd, T::ONE) - t) * p)
    }

    /// The cross-entropy, as [`BinaryCrossentropy`](struct@super::BinaryCrossentropy) takes it.
    #[inline(always)]
    fn crossentropy<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, z: V, t: V) -> V {
        let (zero, one) = (V::splat(simd, T::ZERO), V::splat(simd, T::ONE));
        let linear = V::select(zero.lt(z), z * (one - t), -z * t);
        linear + ln_1p(simd, exp_nonpositive(simd, -z.abs()))
    }
}

impl Pointwise for Logits {
    #[inline(always)]
    fn term<S: Simd, T: Scalar>(self, simd: S, z: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        let (t, weight) = self.0.target(simd, t);
        let (_, _, q) = Self::parts(simd, z, t);
        weight * power(simd, q, self.0.gamma) * Self::crossentropy(simd, z, t)
    }

    /// `q^gamma (gamma c q' / q + p - t)` for `q = 1 - p_t`, cross-entropy `c` and `q' = p (1 - p) (1 - 2 t)`.
    #[inline(always)]
    fn slope<S: Simd, T: Scalar>(self, simd: S, z: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        let (zero, one) = (T::Vector::<S>::splat(simd, T::ZERO), T::Vector::<S>::splat(simd, T::ONE));
        let (t, weight) = self.0.target(simd, t);
        let (p, rest, q) = Self::parts(simd, z, t);
        let side = one - (t + t);
        // q is 0 only where one of p and 1 - p is 1 and the target is sure: there q' / q is 1 or -1.
        let relative = T::Vector::<S>::select(q.eq(zero), side, p * rest * side / q);
        let inner = constant::<S, T, T::Vector<S>>(simd, self.0.gamma) * Self::crossentropy(simd, z, t) * relative + (p - t);
        weight * power(simd, q, self.0.gamma) * inner
    }
}

/// On probabilities, clipped.
#[derive(Clone, Copy)]
struct Probabilities(BinaryFocalCrossentropy);

impl Probabilities {
    /// The clipped `p`, `1 - p_t` and the cross-entropy.
    #[inline(always)]
    fn parts<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, p: V, t: V) -> (V, V, V) {
        let one = V::splat(simd, T::ONE);
        let p = clamp(simd, p, EPSILON, 1.0 - EPSILON);
        let q = t * (one - p) + (one - t) * p;
        (p, q, -(t * ln(simd, p) + (one - t) * ln_1p(simd, -p)))
    }
}

impl Pointwise for Probabilities {
    #[inline(always)]
    fn term<S: Simd, T: Scalar>(self, simd: S, p: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        let (t, weight) = self.0.target(simd, t);
        let (_, q, crossentropy) = Self::parts(simd, p, t);
        weight * power(simd, q, self.0.gamma) * crossentropy
    }
    #[inline(always)]
    fn slope<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        let one = T::Vector::<S>::splat(simd, T::ONE);
        let (t, weight) = self.0.target(simd, t);
        let (p, q, crossentropy) = Self::parts(simd, y, t);
        let gamma = constant::<S, T, T::Vector<S>>(simd, self.0.gamma);
        let inner = gamma * crossentropy * (one - (t + t)) / q + (p - t) / (p * (one - p));
        inside(simd, y, EPSILON, 1.0 - EPSILON, weight * power(simd, q, self.0.gamma) * inner)
    }
}

fn value<T: Scalar, O: Real>(loss: BinaryFocalCrossentropy, logits: bool, head: Activation, z: &O::Array<T>, t: &O::Array<T>) -> T {
    let (z, t, row) = (elements::<T, O>(z), elements::<T, O>(t), O::DIMS.last());
    let (logits, head) = fuse(logits, head);
    let sum = if logits { pointwise::value(Logits(loss), head, row, z, t) } else { pointwise::value(Probabilities(loss), head, row, z, t) };
    T::from_f64(sum / z.len().max(1) as f64)
}

fn sample<T: Scalar, O: Real>(
    loss: BinaryFocalCrossentropy,
    logits: bool,
    head: Activation,
    z: &O::Array<T>,
    t: &O::Array<T>,
    dz: &mut O::Array<T>,
) -> T {
    let (z, t, dz, row) = (elements::<T, O>(z), elements::<T, O>(t), elements_mut::<T, O>(dz), O::DIMS.last());
    let (logits, head) = fuse(logits, head);
    let elements = z.len().max(1) as f64;
    let factor = T::from_f64(1.0 / elements);
    let sum = if logits {
        pointwise::sample(Logits(loss), head, row, z, t, dz, factor)
    } else {
        pointwise::sample(Probabilities(loss), head, row, z, t, dz, factor)
    };
    T::from_f64(sum / elements)
}

macro_rules! focal {
    ($name:ty, $from_logits:literal, |$this:ident| $loss:expr) => {
        impl<T: Scalar, O: Real> Loss<T, O> for $name {
            type Target = O::Array<T>;
            fn options(&self) -> Result<(), BadOption> {
                let $this = self;
                check($loss.gamma, $loss.alpha.unwrap_or_default(), $loss.label_smoothing)
            }
            fn check(&self, target: &Self::Target) -> Result<(), TargetError> {
                target::probabilities(elements::<T, O>(target))
            }
            fn sample(&self, head: Activation, z: &O::Array<T>, target: &Self::Target, dz: &mut O::Array<T>) -> T {
                let $this = self;
                sample::<T, O>($loss, $from_logits, head, z, target, dz)
            }
            fn value(&self, head: Activation, z: &O::Array<T>, target: &Self::Target) -> T {
                let $this = self;
                value::<T, O>($loss, $from_logits, head, z, target)
            }
            fn hits(&self, head: Activation, z: &O::Array<T>, target: &Self::Target) -> Option<(usize, usize)> {
                Some(hits::<T, O>(Options { from_logits: $from_logits, ..Options::NONE }, head, z, target))
            }
        }
    };
}
focal!(BinaryFocalCrossentropy, false, |this| *this);
focal!(FromLogits<BinaryFocalCrossentropy>, true, |this| this.0);
