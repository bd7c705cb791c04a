//! Losses: how far an output is from its target.
//!
//! A loss is a plain value, `SparseCategoricalCrossentropy` or `FromLogits(BinaryCrossentropy)`. As in Keras, the loss of a
//! sample is a mean: over the elements of the output, or over its rows (the places before the last axis) for the categorical
//! ones; the trainer averages over the samples.
//!
//! A loss sees the network's output *before* its last activation, the `head`. So a network that ends in Softmax or Sigmoid is
//! trained through the stable form on logits without being told, and its derivative is `probability - target`.

mod binary_crossentropy;
mod categorical_crossentropy;
mod mean_squared_error;
mod rows;
mod sparse_categorical_crossentropy;
mod target;
#[cfg(test)]
mod tests;

pub use binary_crossentropy::BinaryCrossentropy;
pub use categorical_crossentropy::CategoricalCrossentropy;
pub use mean_squared_error::MeanSquaredError;
pub use sparse_categorical_crossentropy::SparseCategoricalCrossentropy;
pub use target::TargetError;

use crate::activation::Activation;
use crate::memory::Zeroable;
use crate::scalar::Scalar;
use crate::shape::{Real, Shapes};

/// A measure of error between outputs of shape `O` and targets.
pub trait Loss<T: Scalar, O: Shapes>: Sync {
    /// What one sample is compared with.
    type Target: Zeroable;

    /// What is wrong with a target, before training starts: not finite, no probability, no class.
    fn check(&self, target: &Self::Target) -> Result<(), TargetError>;

    /// The loss of one sample and, in `dz` (overwritten), its gradient with respect to `z`, the network's output before the
    /// activation `head` (Linear where it has none).
    fn sample(&self, head: Activation, z: O::Ref<'_, T>, target: &Self::Target, dz: O::Mut<'_, T>) -> T;

    /// The loss of one sample only: the same bits as [`sample`](Self::sample).
    fn value(&self, head: Activation, z: O::Ref<'_, T>, target: &Self::Target) -> T;

    /// How many predictions of a sample are right, and of how many: Keras's `accuracy`. `None` (the default) where there is no
    /// right and wrong.
    fn hits(&self, head: Activation, z: O::Ref<'_, T>, target: &Self::Target) -> Option<(usize, usize)> {
        let _ = (head, z, target);
        None
    }
}

/// A cross-entropy that takes the network's outputs as logits, the arguments of a sigmoid or softmax, instead of
/// probabilities: Keras's `from_logits=True`.
///
/// It goes with a network that ends in a layer without activation. One that ends in Sigmoid or Softmax takes the plain loss and
/// is trained through the same formulas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FromLogits<L>(
    /// The cross-entropy.
    pub L,
);

/// Keras's epsilon: probabilities are clipped to `[EPSILON, 1 - EPSILON]` before their logarithm is taken.
const EPSILON: f64 = 1e-7;

/// The interval that probabilities are clipped to.
#[inline(always)]
fn clip_range<T: Scalar>() -> (T, T) {
    (T::from_f64(EPSILON), T::from_f64(1.0 - EPSILON))
}

/// `p` within the interval; NaN stays NaN.
#[inline(always)]
fn clip<T: Scalar>(p: T, (low, high): (T, T)) -> T {
    p.maximum(low).minimum(high)
}

/// Whether the clipped function is flat at `p`.
#[inline(always)]
fn clipped<T: Scalar>(p: T, (low, high): (T, T)) -> bool {
    p < low || p > high
}

/// The elements of one array.
#[inline(always)]
fn elements<T: Scalar, O: Real>(array: &O::Array<T>) -> &[T] {
    O::scalars(core::slice::from_ref(array))
}

/// The elements of one array, for writing.
#[inline(always)]
fn elements_mut<T: Scalar, O: Real>(array: &mut O::Array<T>) -> &mut [T] {
    O::scalars_mut(core::slice::from_mut(array))
}

/// Implements [`Loss`] for a cross-entropy on probabilities and on logits, by two functions that take `from_logits`.
macro_rules! crossentropy {
    ($name:ident, target = $target:ty, check = $check:expr, sample = $sample:ident, value = $value:ident, hits = $hits:ident) => {
        $crate::train::loss::crossentropy!(@one $name, false, $target, $check, $sample, $value, $hits);
        $crate::train::loss::crossentropy!(@one $crate::train::loss::FromLogits<$name>, true, $target, $check, $sample, $value, $hits);
    };
    (@one $name:ty, $from_logits:literal, $target:ty, $check:expr, $sample:ident, $value:ident, $hits:ident) => {
        impl<T: Scalar, O: Real> Loss<T, O> for $name {
            type Target = $target;
            fn check(&self, target: &Self::Target) -> Result<(), TargetError> {
                $check(target)
            }
            fn sample(&self, head: Activation, z: &O::Array<T>, target: &Self::Target, dz: &mut O::Array<T>) -> T {
                $sample::<T, O>($from_logits, head, z, target, dz)
            }
            fn value(&self, head: Activation, z: &O::Array<T>, target: &Self::Target) -> T {
                $value::<T, O>($from_logits, head, z, target)
            }
            fn hits(&self, head: Activation, z: &O::Array<T>, target: &Self::Target) -> Option<(usize, usize)> {
                Some($hits::<T, O>($from_logits, head, z, target))
            }
        }
    };
}
use crossentropy;
