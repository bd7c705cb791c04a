//! Sparse categorical cross-entropy.

use super::rows::Form;
use super::{Loss, TargetError, crossentropy, elements, elements_mut, target};
use crate::activation::Activation;
use crate::decide::class_of;
use crate::scalar::Scalar;
use crate::shape::Real;

/// `-ln(p[label])`, averaged over the places before the last axis, Keras's `SparseCategoricalCrossentropy`: what
/// [`CategoricalCrossentropy`](super::CategoricalCrossentropy) is for a one-hot target, given as the index of the class.
///
/// Outputs are probabilities or end in Softmax; for logits write `FromLogits(SparseCategoricalCrossentropy)`. A label that
/// [`check`](Loss::check) refuses makes the loss and its gradient NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SparseCategoricalCrossentropy;

crossentropy!(
    SparseCategoricalCrossentropy,
    target = O::Labels,
    check = |labels| target::classes(O::labels(labels), O::DIMS.last()),
    sample = sample,
    value = value,
    hits = hits
);

/// The target of class `class`.
#[inline(always)]
fn one_hot<T: Scalar>(class: usize) -> impl Fn(usize) -> T {
    move |i| if i == class { T::ONE } else { T::ZERO }
}

fn sample<T: Scalar, O: Real>(from_logits: bool, head: Activation, z: &O::Array<T>, labels: &O::Labels, dz: &mut O::Array<T>) -> T {
    let (z, dz, row) = (elements::<T, O>(z), elements_mut::<T, O>(dz), O::DIMS.last().max(1));
    let form = Form::new(from_logits, head);
    let rows = (z.len() / row).max(1) as f64;
    let scale = T::from_f64(1.0 / rows);
    let places = z.chunks_exact(row).zip(dz.chunks_exact_mut(row)).zip(O::labels(labels));
    let loss = places.map(|((z, dz), &label)| {
        if label as usize >= row {
            dz.fill(T::from_f64(f64::NAN));
            return f64::NAN;
        }
        form.sample(z, dz, scale, one_hot(label as usize))
    });
    T::from_f64(loss.sum::<f64>() / rows)
}

fn value<T: Scalar, O: Real>(from_logits: bool, head: Activation, z: &O::Array<T>, labels: &O::Labels) -> T {
    let (z, row) = (elements::<T, O>(z), O::DIMS.last().max(1));
    let form = Form::new(from_logits, head);
    let rows = (z.len() / row).max(1) as f64;
    let places = z.chunks_exact(row).zip(O::labels(labels));
    let loss = places.map(|(z, &label)| match label as usize {
        class if class < row => form.value(z, &one_hot(class)),
        _ => f64::NAN,
    });
    T::from_f64(loss.sum::<f64>() / rows)
}

/// A row is right if its largest element, of logits or probabilities, is at the label.
fn hits<T: Scalar, O: Real>(_: bool, _: Activation, z: &O::Array<T>, labels: &O::Labels) -> (usize, usize) {
    let rows = elements::<T, O>(z).chunks_exact(O::DIMS.last().max(1)).zip(O::labels(labels));
    rows.fold((0, 0), |(right, of), (z, &label)| (right + usize::from(class_of(z) == label as usize), of + 1))
}
