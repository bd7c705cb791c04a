//! Categorical cross-entropy.

use super::options::Options;
use super::rows::Form;
use super::{BadOption, ClassWeights, FromLogits, Loss, TargetError, crossentropy, default_value, elements, elements_mut, target};
use crate::activation::Activation;
use crate::decide::class_of;
use crate::scalar::Scalar;
use crate::shape::{LastAxis, Real};

/// `-sum(t ln(p))` over the last axis, averaged over the places before it, Keras's `CategoricalCrossentropy`. For one class of
/// several; the target is a probability for each (one-hot, or soft).
///
/// Outputs are probabilities: behind a Softmax the loss is taken from its argument, by the formula of
/// [`FromLogits`](super::FromLogits); otherwise they are clipped to `[1e-7, 1 - 1e-7]`, as in Keras, but not divided by their
/// sum. On logits the loss is `sum(t (ln(sum(e^(z - max))) - (z - max)))`, which never overflows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CategoricalCrossentropy {
    /// The share of each target that is spread evenly over all classes, `t (1 - s) + s / classes`. Default: 0.
    pub label_smoothing: f64,
}
default_value!(CategoricalCrossentropy { label_smoothing: 0.0 });

impl CategoricalCrossentropy {
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
    CategoricalCrossentropy,
    target = O::Array<T>,
    check = |_, t| target::probabilities(elements::<T, O>(t)),
    weights = [[const C: usize] C [LastAxis<C>]],
    sample = sample,
    value = value,
    hits = hits,
    share = |_, _| 1.0
);

fn sample<T: Scalar, O: Real>(options: Options<'_>, head: Activation, z: &O::Array<T>, t: &O::Array<T>, dz: &mut O::Array<T>) -> T {
    let (z, t, dz, row) = (elements::<T, O>(z), elements::<T, O>(t), elements_mut::<T, O>(dz), O::DIMS.last().max(1));
    let (form, target) = (Form::new(options.from_logits, head), options.target(row));
    let rows = (z.len() / row).max(1) as f64;
    let scale = T::from_f64(1.0 / rows);
    let places = z.chunks_exact(row).zip(dz.chunks_exact_mut(row)).zip(t.chunks_exact(row));
    T::from_f64(places.map(|((z, dz), t)| form.sample(z, dz, scale, |i| target(i, t[i]))).sum::<f64>() / rows)
}

fn value<T: Scalar, O: Real>(options: Options<'_>, head: Activation, z: &O::Array<T>, t: &O::Array<T>) -> T {
    let (z, t, row) = (elements::<T, O>(z), elements::<T, O>(t), O::DIMS.last().max(1));
    let (form, target) = (Form::new(options.from_logits, head), options.target(row));
    let rows = (z.len() / row).max(1) as f64;
    let places = z.chunks_exact(row).zip(t.chunks_exact(row));
    T::from_f64(places.map(|(z, t)| form.value(z, &|i| target(i, t[i]))).sum::<f64>() / rows)
}

/// A row is right if its largest element is where the target's is.
pub(super) fn hits<T: Scalar, O: Real>(_: Options<'_>, _: Activation, z: &O::Array<T>, target: &O::Array<T>) -> (usize, usize) {
    let row = O::DIMS.last().max(1);
    let rows = elements::<T, O>(z).chunks_exact(row).zip(elements::<T, O>(target).chunks_exact(row));
    rows.fold((0, 0), |(right, of), (z, target)| (right + usize::from(class_of(z) == class_of(target)), of + 1))
}
