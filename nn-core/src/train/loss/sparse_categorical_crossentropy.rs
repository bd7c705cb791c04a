//! Sparse categorical cross-entropy.

use super::options::Options;
use super::rows::Form;
use super::{BadOption, ClassWeights, FromLogits, Loss, TargetError, crossentropy, default_value, elements, elements_mut, target};
use crate::activation::Activation;
use crate::decide::class_of;
use crate::scalar::Scalar;
use crate::shape::{LastAxis, Real};

/// `-ln(p[label])`, averaged over the places before the last axis, Keras's `SparseCategoricalCrossentropy`: what
/// [`CategoricalCrossentropy`](struct@super::CategoricalCrossentropy) is for a one-hot target, given as the index of the class. The target of
/// an output `[time, classes]` is a label for each step.
///
/// Outputs are probabilities or end in Softmax; for logits write `FromLogits(SparseCategoricalCrossentropy)`. A label that
/// [`check`](Loss::check) refuses makes the loss and its gradient NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SparseCategoricalCrossentropy {
    /// The share of each target that is spread evenly over all classes, as PyTorch's. Default: 0.
    pub label_smoothing: f64,
    /// A label, of a class or of none, whose places count for nothing: the mean of a batch is over the others. Default: `None`.
    pub ignore_class: Option<u32>,
}
default_value!(SparseCategoricalCrossentropy { label_smoothing: 0.0, ignore_class: None });

impl SparseCategoricalCrossentropy {
    /// With label smoothing, in `0.0..1.0`.
    #[must_use]
    pub const fn label_smoothing(self, label_smoothing: f64) -> Self {
        Self { label_smoothing, ..self }
    }
    /// Without the places of this label: padding, or what nobody has labelled.
    #[must_use]
    pub const fn ignore_class(self, label: u32) -> Self {
        Self { ignore_class: Some(label), ..self }
    }

    fn as_options(&self) -> Options<'_> {
        Options { label_smoothing: self.label_smoothing, ignore: self.ignore_class, ..Options::NONE }
    }
}

crossentropy!(
    SparseCategoricalCrossentropy,
    target = O::Labels,
    check = |options, labels| check::<O>(options, labels),
    weights = [[const C: usize] C [LastAxis<C>]],
    sample = sample,
    value = value,
    hits = hits,
    share = |options, labels| share::<O>(options, labels)
);

/// Whether each label is a class or the ignored one.
pub(super) fn check<O: Real>(options: Options<'_>, labels: &O::Labels) -> Result<(), TargetError> {
    target::classes(O::labels(labels), O::DIMS.last(), options.ignore)
}

/// The share of the places that is not ignored.
pub(super) fn share<O: Real>(options: Options<'_>, labels: &O::Labels) -> f64 {
    let labels = O::labels(labels);
    options.counted(labels) as f64 / labels.len().max(1) as f64
}

/// The target of class `class`.
#[inline(always)]
fn one_hot<T: Scalar>(class: usize, target: impl Fn(usize, T) -> T) -> impl Fn(usize) -> T {
    move |i| target(i, if i == class { T::ONE } else { T::ZERO })
}

fn sample<T: Scalar, O: Real>(options: Options<'_>, head: Activation, z: &O::Array<T>, labels: &O::Labels, dz: &mut O::Array<T>) -> T {
    let (z, dz, row, labels) = (elements::<T, O>(z), elements_mut::<T, O>(dz), O::DIMS.last().max(1), O::labels(labels));
    let (form, target) = (Form::new(options.from_logits, head), options.target(row));
    let rows = options.counted(labels).max(1) as f64;
    let scale = T::from_f64(1.0 / rows);
    let places = z.chunks_exact(row).zip(dz.chunks_exact_mut(row)).zip(labels);
    let loss = places.map(|((z, dz), &label)| {
        if options.ignore == Some(label) {
            dz.fill(T::ZERO);
            return 0.0;
        }
        if label as usize >= row {
            dz.fill(T::NAN);
            return f64::NAN;
        }
        form.sample(z, dz, scale, one_hot(label as usize, target))
    });
    T::from_f64(loss.sum::<f64>() / rows)
}

fn value<T: Scalar, O: Real>(options: Options<'_>, head: Activation, z: &O::Array<T>, labels: &O::Labels) -> T {
    let (z, row, labels) = (elements::<T, O>(z), O::DIMS.last().max(1), O::labels(labels));
    let (form, target) = (Form::new(options.from_logits, head), options.target(row));
    let rows = options.counted(labels).max(1) as f64;
    let loss = z.chunks_exact(row).zip(labels).map(|(z, &label)| match label as usize {
        _ if options.ignore == Some(label) => 0.0,
        class if class < row => form.value(z, &one_hot(class, target)),
        _ => f64::NAN,
    });
    T::from_f64(loss.sum::<f64>() / rows)
}

/// A row is right if its largest element, of logits or probabilities, is at the label.
pub(super) fn hits<T: Scalar, O: Real>(options: Options<'_>, _: Activation, z: &O::Array<T>, labels: &O::Labels) -> (usize, usize) {
    let rows = elements::<T, O>(z).chunks_exact(O::DIMS.last().max(1)).zip(O::labels(labels));
    let counted = rows.filter(|(_, label)| options.ignore != Some(**label));
    counted.fold((0, 0), |(right, of), (z, &label)| (right + usize::from(class_of(z) == label as usize), of + 1))
}
