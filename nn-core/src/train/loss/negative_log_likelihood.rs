//! Negative log-likelihood.

use super::options::Options;
use super::sparse_categorical_crossentropy::{check, hits, share};
use super::{BadOption, ClassWeights, Loss, TargetError, crossentropy, default_value, elements, elements_mut};
use crate::activation::Activation;
use crate::scalar::Scalar;
use crate::shape::{LastAxis, Real};

/// `-y[label]` for outputs `y` that are logarithms of probabilities, averaged over the places before the last axis: PyTorch's
/// `NLLLoss`, for a network that ends in LogSoftmax. The target is a label for each place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NegativeLogLikelihood {
    /// A label whose places count for nothing. Default: `None`.
    pub ignore_class: Option<u32>,
}
default_value!(NegativeLogLikelihood { ignore_class: None });

impl NegativeLogLikelihood {
    /// Without the places of this label.
    #[must_use]
    pub const fn ignore_class(self, label: u32) -> Self {
        Self { ignore_class: Some(label) }
    }

    fn as_options(&self) -> Options<'_> {
        Options { ignore: self.ignore_class, ..Options::NONE }
    }
}

crossentropy!(
    @one [] [Real] NegativeLogLikelihood, |loss| loss.as_options(), O::Labels, |options, labels| check::<O>(options, labels),
    sample = sample, value = value, hits = hits, share = |options, labels| share::<O>(options, labels)
);
crossentropy!(
    @one [const C: usize] [LastAxis<C>] ClassWeights<C, NegativeLogLikelihood>, |loss| loss.1.as_options().weigh(&loss.0), O::Labels,
    |options, labels| check::<O>(options, labels),
    sample = sample, value = value, hits = hits, share = |options, labels| share::<O>(options, labels)
);

/// The factor of a label's output: 0 for the ignored one, NaN for none.
fn factor(options: Options<'_>, row: usize, label: u32) -> f64 {
    match label as usize {
        _ if options.ignore == Some(label) => 0.0,
        class if class < row => options.weights.get(class).copied().unwrap_or(1.0),
        _ => f64::NAN,
    }
}

fn sample<T: Scalar, O: Real>(options: Options<'_>, head: Activation, z: &O::Array<T>, labels: &O::Labels, dz: &mut O::Array<T>) -> T {
    let loss = value::<T, O>(options, head, z, labels);
    let (z, dz, row, labels) = (elements::<T, O>(z), elements_mut::<T, O>(dz), O::DIMS.last().max(1), O::labels(labels));
    let rows = options.counted(labels).max(1) as f64;
    for ((z, dz), &label) in z.chunks_exact(row).zip(dz.chunks_exact_mut(row)).zip(labels) {
        let slope = T::from_f64(-factor(options, row, label) / rows);
        if label as usize >= row {
            dz.fill(slope);
            continue;
        }
        dz.copy_from_slice(z);
        head.apply(row, dz);
        head.chain(row, z, dz, &|first, _, dy| {
            for (dy, class) in dy.iter_mut().zip(first..) {
                *dy = if class == label as usize { slope } else { T::ZERO };
            }
        });
    }
    loss
}

fn value<T: Scalar, O: Real>(options: Options<'_>, head: Activation, z: &O::Array<T>, labels: &O::Labels) -> T {
    let (z, row, labels) = (elements::<T, O>(z), O::DIMS.last().max(1), O::labels(labels));
    let mut loss = 0.0;
    for (z, &label) in z.chunks_exact(row).zip(labels) {
        let factor = factor(options, row, label);
        let mut output = if factor.is_nan() { factor } else { 0.0 };
        head.stream(row, z, &mut |first, y| {
            if let Some(y) = (label as usize).checked_sub(first).and_then(|at| y.get(at)) {
                output = y.to_f64();
            }
        });
        // A factor of 0 counts for nothing, whatever the output.
        loss -= if factor == 0.0 { 0.0 } else { factor * output };
    }
    T::from_f64(loss / options.counted(labels).max(1) as f64)
}
