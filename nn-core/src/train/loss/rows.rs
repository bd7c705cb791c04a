//! The categorical cross-entropies, one row at a time.

use super::{clip, clip_range, clipped};
use crate::activation::{Activation, BLOCK, SumExp, log_sum_exp, probabilities, softmax_row};
use crate::math::{ln_in_place, ln_of};
use crate::scalar::Scalar;

/// What the outputs of one sample are and what comes before them.
#[derive(Clone, Copy)]
pub(super) struct Form {
    from_logits: bool,
    head: Activation,
}

impl Form {
    /// A softmax in front of probabilities is no head but part of the loss.
    #[inline(always)]
    pub(super) fn new(from_logits: bool, head: Activation) -> Self {
        match (from_logits, head) {
            (false, Activation::Softmax) => Self { from_logits: true, head: Activation::Linear },
            (from_logits, head) => Self { from_logits, head },
        }
    }

    /// The loss of a row, `-sum(t ln(p))`, and `scale` times its gradient. `target` is `t`.
    pub(super) fn sample<T: Scalar>(self, z: &[T], dz: &mut [T], scale: T, target: impl Fn(usize) -> T) -> f64 {
        let (row, head) = (z.len(), self.head);
        dz.copy_from_slice(z);
        if self.from_logits && head == Activation::Linear {
            // The outputs are z, and the exponentials of the sum serve the gradient as well.
            let total = total_target(row, &target);
            let (top, sum) = softmax_row(dz);
            for (i, p) in dz.iter_mut().enumerate() {
                *p = (*p * total - target(i)) * scale;
            }
            return of_logits(0, z, (top, ln_of(sum)), &target);
        }
        let loss = self.value(z, &target);
        head.apply(row, dz);
        if self.from_logits {
            let total = total_target(row, &target);
            let sums = log_sum_exp(dz);
            head.chain(row, z, dz, &|first, y, dy| {
                dy.copy_from_slice(y);
                probabilities(dy, sums);
                for (p, i) in dy.iter_mut().zip(first..) {
                    *p = (*p * total - target(i)) * scale;
                }
            });
        } else {
            head.chain(row, z, dz, &|first, p, dp| {
                for ((dp, p), i) in dp.iter_mut().zip(p).zip(first..) {
                    *dp = if clipped(*p, clip_range()) { T::ZERO } else { -target(i) / *p * scale };
                }
            });
        }
        loss
    }

    /// The loss of a row.
    pub(super) fn value<T: Scalar>(self, z: &[T], target: &impl Fn(usize) -> T) -> f64 {
        let (row, head) = (z.len(), self.head);
        let mut loss = 0.0;
        if !self.from_logits {
            head.stream(row, z, &mut |first, p| loss += of_probabilities(first, p, target));
            return loss;
        }
        if head == Activation::Linear {
            let (top, sum) = log_sum_exp(z);
            return of_logits(0, z, (top, ln_of(sum)), target);
        }
        // The outputs are in no memory: they are computed three times.
        let mut top = None;
        head.stream(row, z, &mut |_, y| top = y.iter().fold(top, |top, y| Some(top.map_or(*y, |top: T| if top > *y { top } else { *y }))));
        let mut sum = SumExp::new(top.unwrap_or(T::ZERO));
        head.stream(row, z, &mut |_, y| sum.add(y));
        let (top, sum) = sum.finish();
        let ln_sum = ln_of(sum);
        head.stream(row, z, &mut |first, y| loss += of_logits(first, y, (top, ln_sum), target));
        loss
    }
}

/// The sum of the targets of a row: 1 if they are a distribution.
fn total_target<T: Scalar>(row: usize, target: &impl Fn(usize) -> T) -> T {
    T::from_f64((0..row).map(|i| target(i).to_f64()).sum())
}

/// `-sum(t ln(softmax(y)))` from an index on, where the sum of `e^y` is `e^(top + ln_sum)`.
fn of_logits<T: Scalar>(first: usize, y: &[T], sums: (T, T), target: &impl Fn(usize) -> T) -> f64 {
    y.iter().zip(first..).map(|(y, i)| of_logit(*y, sums, target(i)).to_f64()).sum()
}

/// `-t ln(softmax(y))`, where the sum of `e^y` is `e^(top + ln_sum)`. A class with target 0 may have probability 0.
#[inline(always)]
fn of_logit<T: Scalar>(y: T, (top, ln_sum): (T, T), t: T) -> T {
    if t == T::ZERO { T::ZERO } else { t * (ln_sum - (y - top)) }
}

/// `-sum(t ln(p))` from an index on, for the clipped `p` of a block.
fn of_probabilities<T: Scalar>(first: usize, p: &[T], target: &impl Fn(usize) -> T) -> f64 {
    let mut block = [T::ZERO; BLOCK];
    for (clipped, p) in block.iter_mut().zip(p) {
        *clipped = clip(*p, clip_range());
    }
    let ln = &mut block[..p.len()];
    ln_in_place(ln);
    ln.iter().zip(first..).map(|(ln, i)| -(target(i) * *ln).to_f64()).sum()
}
