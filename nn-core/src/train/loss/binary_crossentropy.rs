//! Binary cross-entropy.

use super::{Loss, TargetError, clip, clip_range, clipped, crossentropy, elements, elements_mut, target};
use crate::activation::{Activation, sigmoid};
use crate::scalar::Scalar;
use crate::shape::Real;

/// `mean(-t ln(p) - (1 - t) ln(1 - p))` over the elements of the output, Keras's `BinaryCrossentropy`. For yes or no, once or
/// several times; targets are probabilities.
///
/// Outputs are probabilities: behind a Sigmoid the loss is taken from its argument, by the formula of
/// [`FromLogits`](super::FromLogits); otherwise they are clipped to `[1e-7, 1 - 1e-7]`, as in Keras. On logits `z` the loss is
/// `max(z, 0) - z t + ln(1 + e^-|z|)`, which neither overflows nor loses digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BinaryCrossentropy;

crossentropy!(BinaryCrossentropy, target = O::Array<T>, check = |t| target::probabilities(elements::<T, O>(t)), sample = sample, value = value, hits = hits);

/// A sigmoid in front of probabilities is no head but part of the loss.
#[inline(always)]
fn fuse(from_logits: bool, head: Activation) -> (bool, Activation) {
    match (from_logits, head) {
        (false, Activation::Sigmoid) => (true, Activation::Linear),
        other => other,
    }
}

fn sample<T: Scalar, O: Real>(from_logits: bool, head: Activation, z: &O::Array<T>, t: &O::Array<T>, dz: &mut O::Array<T>) -> T {
    let (z, t, dz, row) = (elements::<T, O>(z), elements::<T, O>(t), elements_mut::<T, O>(dz), O::DIMS.last());
    let (from_logits, head) = fuse(from_logits, head);
    let count = z.len().max(1) as f64;
    let scale = T::from_f64(1.0 / count);
    head.forward(row, z, dz);
    let outputs = dz.iter().zip(t);
    let loss = if from_logits {
        let loss = outputs.map(|(y, t)| of_logit(*y, *t).to_f64()).sum::<f64>();
        head.chain(row, z, dz, |i, y| (sigmoid(y) - t[i]) * scale);
        loss
    } else {
        let loss = outputs.map(|(y, t)| of_probability(*y, *t).to_f64()).sum::<f64>();
        head.chain(row, z, dz, |i, p| slope_at_probability(p, t[i]) * scale);
        loss
    };
    T::from_f64(loss / count)
}

fn value<T: Scalar, O: Real>(from_logits: bool, head: Activation, z: &O::Array<T>, t: &O::Array<T>) -> T {
    let (z, t, row) = (elements::<T, O>(z), elements::<T, O>(t), O::DIMS.last());
    let (from_logits, head) = fuse(from_logits, head);
    let mut loss = 0.0;
    if from_logits {
        head.stream(row, z, |i, y| loss += of_logit(y, t[i]).to_f64());
    } else {
        head.stream(row, z, |i, y| loss += of_probability(y, t[i]).to_f64());
    }
    T::from_f64(loss / z.len().max(1) as f64)
}

/// `max(z, 0) - z t + ln(1 + e^-|z|)`, without the difference of two large numbers.
#[inline]
fn of_logit<T: Scalar>(z: T, t: T) -> T {
    let linear = if z > T::ZERO { z * (T::ONE - t) } else { -z * t };
    linear + (-z.abs()).exp().ln_1p()
}

/// `-t ln(p) - (1 - t) ln(1 - p)` for the clipped `p`.
#[inline]
fn of_probability<T: Scalar>(p: T, t: T) -> T {
    let p = clip(p, clip_range());
    -(t * p.ln() + (T::ONE - t) * (-p).ln_1p())
}

/// `(p - t) / (p (1 - p))`; 0 where `p` is clipped.
#[inline]
fn slope_at_probability<T: Scalar>(p: T, t: T) -> T {
    if clipped(p, clip_range()) { T::ZERO } else { (p - t) / (p * (T::ONE - p)) }
}

/// An element is right if it is on the same side of one half as the target.
fn hits<T: Scalar, O: Real>(from_logits: bool, head: Activation, z: &O::Array<T>, target: &O::Array<T>) -> (usize, usize) {
    let half = T::from_f64(0.5);
    // The probability is above one half where the logit is above zero.
    let threshold = if from_logits || head == Activation::Sigmoid { T::ZERO } else { half };
    let pairs = elements::<T, O>(z).iter().zip(elements::<T, O>(target));
    pairs.fold((0, 0), |(right, of), (z, target)| (right + usize::from((*z > threshold) == (*target > half)), of + 1))
}
