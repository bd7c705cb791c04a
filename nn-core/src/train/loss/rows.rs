//! The categorical cross-entropies, one row at a time.

use super::{clip, clip_range, clipped};
use crate::activation::{Activation, log_sum_exp, softmax_row};
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
    #[inline]
    pub(super) fn sample<T: Scalar>(self, z: &[T], dz: &mut [T], scale: T, target: impl Fn(usize) -> T) -> f64 {
        let (row, head) = (z.len(), self.head);
        head.forward(row, z, dz);
        if !self.from_logits {
            let loss = dz.iter().enumerate().map(|(i, p)| of_probability(*p, target(i)).to_f64()).sum();
            head.chain(row, z, dz, |i, p| if clipped(p, clip_range()) { T::ZERO } else { -target(i) / p * scale });
            return loss;
        }
        // With a linear head the outputs are z, and the exponentials of the sum serve the gradient as well.
        let total = T::from_f64((0..row).map(|i| target(i).to_f64()).sum());
        if head == Activation::Linear {
            let sums = softmax_row(dz);
            for (i, p) in dz.iter_mut().enumerate() {
                *p = (*p * total - target(i)) * scale;
            }
            let ln_sum = sums.1.ln();
            z.iter().enumerate().map(|(i, y)| of_logit(*y, (sums.0, ln_sum), target(i)).to_f64()).sum()
        } else {
            let (top, sum) = log_sum_exp(dz);
            let ln_sum = sum.ln();
            let loss = dz.iter().enumerate().map(|(i, y)| of_logit(*y, (top, ln_sum), target(i)).to_f64()).sum();
            head.chain(row, z, dz, |i, y| ((y - top).exp() / sum * total - target(i)) * scale);
            loss
        }
    }

    /// The loss of a row.
    #[inline]
    pub(super) fn value<T: Scalar>(self, z: &[T], target: impl Fn(usize) -> T) -> f64 {
        let (row, head) = (z.len(), self.head);
        let mut loss = 0.0;
        if !self.from_logits {
            head.stream(row, z, |i, p| loss += of_probability(p, target(i)).to_f64());
            return loss;
        }
        // The outputs are in no memory: they are computed three times, in the order of `log_sum_exp`.
        let (mut top, mut sum) = (None, 0.0);
        head.stream(row, z, |_, y| top = Some(top.map_or(y, |top: T| top.maximum(y))));
        let top = top.unwrap_or(T::ZERO);
        head.stream(row, z, |_, y| sum += (y - top).exp().to_f64());
        let ln_sum = T::from_f64(sum).ln();
        head.stream(row, z, |i, y| loss += of_logit(y, (top, ln_sum), target(i)).to_f64());
        loss
    }
}

/// `-t ln(softmax(y))`, where the sum of `e^y` is `e^(top + ln_sum)`. A class with target 0 may have probability 0.
#[inline(always)]
fn of_logit<T: Scalar>(y: T, (top, ln_sum): (T, T), t: T) -> T {
    if t == T::ZERO { T::ZERO } else { t * (ln_sum - (y - top)) }
}

/// `-t ln(p)` for the clipped `p`.
#[inline(always)]
fn of_probability<T: Scalar>(p: T, t: T) -> T {
    -t * clip(p, clip_range()).ln()
}
