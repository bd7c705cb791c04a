//! Binary cross-entropy.

use super::options::Options;
use super::{
    BadOption, ClassWeights, FromLogits, Loss, TargetError, clip, clip_range, clipped, crossentropy, default_value, elements, elements_mut,
    target,
};
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
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BinaryCrossentropy {
    /// Moves each target to one half by this share, `t (1 - s) + s / 2`. Default: 0.
    pub label_smoothing: f64,
}
default_value!(BinaryCrossentropy { label_smoothing: 0.0 });

impl BinaryCrossentropy {
    /// With label smoothing, in `0.0..1.0`.
    #[must_use]
    pub const fn label_smoothing(self, label_smoothing: f64) -> Self {
        Self { label_smoothing }
    }

    fn as_options(&self) -> Options<'_> {
        Options { label_smoothing: self.label_smoothing, ..Options::NONE }
    }
}

crossentropy!(
    BinaryCrossentropy,
    target = O::Array<T>,
    check = |_, t| target::probabilities(elements::<T, O>(t)),
    weights = [[] 2 [Real]],
    sample = sample,
    value = value,
    hits = hits,
    share = |_, _| 1.0
);

/// A sigmoid in front of probabilities is no head but part of the loss.
#[inline(always)]
pub(super) fn fuse(from_logits: bool, head: Activation) -> (bool, Activation) {
    match (from_logits, head) {
        (false, Activation::Sigmoid) => (true, Activation::Linear),
        other => other,
    }
}

fn sample<T: Scalar, O: Real>(options: Options<'_>, head: Activation, z: &O::Array<T>, t: &O::Array<T>, dz: &mut O::Array<T>) -> T {
    let loss = value::<T, O>(options, head, z, t);
    let (z, t, dz, row) = (elements::<T, O>(z), elements::<T, O>(t), elements_mut::<T, O>(dz), O::DIMS.last());
    let (from_logits, head) = fuse(options.from_logits, head);
    let yes_and_no = options.yes_and_no();
    let scale = T::from_f64(1.0 / z.len().max(1) as f64);
    dz.copy_from_slice(z);
    head.apply(row, dz);
    if from_logits {
        head.chain(row, z, dz, &|first, y, dy| {
            dy.copy_from_slice(y);
            Activation::Sigmoid.apply(row, dy);
            for (p, t) in dy.iter_mut().zip(&t[first..]) {
                let (yes, no) = yes_and_no(*t);
                *p = ((yes + no) * *p - yes) * scale;
            }
        });
    } else {
        head.chain(row, z, dz, &|first, p, dp| {
            for ((dp, p), t) in dp.iter_mut().zip(p).zip(&t[first..]) {
                *dp = slope_at_probability(*p, yes_and_no(*t)) * scale;
            }
        });
    }
    loss
}

fn value<T: Scalar, O: Real>(options: Options<'_>, head: Activation, z: &O::Array<T>, t: &O::Array<T>) -> T {
    let (z, t, row) = (elements::<T, O>(z), elements::<T, O>(t), O::DIMS.last());
    let (from_logits, head) = fuse(options.from_logits, head);
    let yes_and_no = options.yes_and_no();
    let mut loss = 0.0;
    head.stream(row, z, &mut |first, y| {
        let t = &t[first..];
        loss += if from_logits { of_logits(y, t, yes_and_no) } else { of_probabilities(y, t, yes_and_no) };
    });
    T::from_f64(loss / z.len().max(1) as f64)
}

/// The sum of `max(z, 0) - z t + ln(1 + e^-|z|)` over a block, without the difference of two large numbers.
fn of_logits<T: Scalar>(z: &[T], t: &[T], yes_and_no: impl Fn(T) -> (T, T)) -> f64 {
    let mut block = [T::ZERO; BLOCK];
    for (minus, z) in block.iter_mut().zip(z) {
        *minus = -z.abs();
    }
    let rest = &mut block[..z.len()];
    Activation::Softplus.apply(rest.len(), rest);
    let term = |z: T, t: T, rest: T| {
        let (yes, no) = yes_and_no(t);
        let linear = if z > T::ZERO { z * no } else { -z * yes };
        linear + (yes + no) * rest
    };
    z.iter().zip(t).zip(rest).map(|((z, t), rest)| term(*z, *t, *rest).to_f64()).sum()
}

/// The sum of `-t ln(p) - (1 - t) ln(1 - p)` over a block, for the clipped `p`.
fn of_probabilities<T: Scalar>(p: &[T], t: &[T], yes_and_no: impl Fn(T) -> (T, T)) -> f64 {
    let (mut ln_p, mut ln_rest) = ([T::ZERO; BLOCK], [T::ZERO; BLOCK]);
    for ((ln_p, ln_rest), p) in ln_p.iter_mut().zip(&mut ln_rest).zip(p) {
        *ln_p = clip(*p, clip_range());
        *ln_rest = -*ln_p;
    }
    let (ln_p, ln_rest) = (&mut ln_p[..p.len()], &mut ln_rest[..p.len()]);
    ln_in_place(ln_p);
    ln_1p_in_place(ln_rest);
    let term = |ln_p: T, ln_rest: T, t: T| {
        let (yes, no) = yes_and_no(t);
        -(yes * ln_p + no * ln_rest)
    };
    ln_p.iter().zip(ln_rest).zip(t).map(|((ln_p, ln_rest), t)| term(*ln_p, *ln_rest, *t).to_f64()).sum()
}

/// `(p - t) / (p (1 - p))`; 0 where `p` is clipped.
#[inline]
fn slope_at_probability<T: Scalar>(p: T, (yes, no): (T, T)) -> T {
    if clipped(p, clip_range()) { T::ZERO } else { ((yes + no) * p - yes) / (p * (T::ONE - p)) }
}

/// An element is right if it is on the same side of one half as the target.
pub(super) fn hits<T: Scalar, O: Real>(options: Options<'_>, head: Activation, z: &O::Array<T>, target: &O::Array<T>) -> (usize, usize) {
    let half = T::from_f64(0.5);
    // The probability is above one half where the logit is above zero.
    let threshold = if options.from_logits || head == Activation::Sigmoid { T::ZERO } else { half };
    let pairs = elements::<T, O>(z).iter().zip(elements::<T, O>(target));
    pairs.fold((0, 0), |(right, of), (z, target)| (right + usize::from((*z > threshold) == (*target > half)), of + 1))
}
