//! Binary cross-entropy.

use super::{Loss, TargetError, clip, clip_range, clipped, crossentropy, elements, elements_mut, target};
use crate::activation::{Activation, BLOCK};
use crate::math::{ln_1p_in_place, ln_in_place};
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
    let loss = value::<T, O>(from_logits, head, z, t);
    let (z, t, dz, row) = (elements::<T, O>(z), elements::<T, O>(t), elements_mut::<T, O>(dz), O::DIMS.last());
    let (from_logits, head) = fuse(from_logits, head);
    let scale = T::from_f64(1.0 / z.len().max(1) as f64);
    dz.copy_from_slice(z);
    head.apply(row, dz);
    if from_logits {
        head.chain(row, z, dz, &|first, y, dy| {
            dy.copy_from_slice(y);
            Activation::Sigmoid.apply(row, dy);
            dy.iter_mut().zip(&t[first..]).for_each(|(p, t)| *p = (*p - *t) * scale);
        });
    } else {
        head.chain(row, z, dz, &|first, p, dp| {
            for ((dp, p), t) in dp.iter_mut().zip(p).zip(&t[first..]) {
                *dp = slope_at_probability(*p, *t) * scale;
            }
        });
    }
    loss
}

fn value<T: Scalar, O: Real>(from_logits: bool, head: Activation, z: &O::Array<T>, t: &O::Array<T>) -> T {
    let (z, t, row) = (elements::<T, O>(z), elements::<T, O>(t), O::DIMS.last());
    let (from_logits, head) = fuse(from_logits, head);
    let of = if from_logits { of_logits } else { of_probabilities };
    let mut loss = 0.0;
    head.stream(row, z, &mut |first, y| loss += of(y, &t[first..]));
    T::from_f64(loss / z.len().max(1) as f64)
}

/// The sum of `max(z, 0) - z t + ln(1 + e^-|z|)` over a block, without the difference of two large numbers.
fn of_logits<T: Scalar>(z: &[T], t: &[T]) -> f64 {
    let mut block = [T::ZERO; BLOCK];
    for (minus, z) in block.iter_mut().zip(z) {
        *minus = -z.abs();
    }
    let rest = &mut block[..z.len()];
    Activation::Softplus.apply(rest.len(), rest);
    let linear = |z: T, t: T| if z > T::ZERO { z * (T::ONE - t) } else { -z * t };
    z.iter().zip(t).zip(rest).map(|((z, t), rest)| (linear(*z, *t) + *rest).to_f64()).sum()
}

/// The sum of `-t ln(p) - (1 - t) ln(1 - p)` over a block, for the clipped `p`.
fn of_probabilities<T: Scalar>(p: &[T], t: &[T]) -> f64 {
    let (mut yes, mut no) = ([T::ZERO; BLOCK], [T::ZERO; BLOCK]);
    for ((yes, no), p) in yes.iter_mut().zip(&mut no).zip(p) {
        *yes = clip(*p, clip_range());
        *no = -*yes;
    }
    let (ln_p, ln_rest) = (&mut yes[..p.len()], &mut no[..p.len()]);
    ln_in_place(ln_p);
    ln_1p_in_place(ln_rest);
    ln_p.iter().zip(ln_rest).zip(t).map(|((a, b), t)| -(*t * *a + (T::ONE - *t) * *b).to_f64()).sum()
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
