//! Losses: how far an output is from its target.
//!
//! A loss is a plain value, `SparseCategoricalCrossentropy` or `FromLogits(BinaryCrossentropy)`. Its name alone is the loss with
//! Keras's defaults; options follow: `Huber.delta(0.5)`, `CategoricalCrossentropy.label_smoothing(0.1)`. As in Keras, the loss of
//! a sample is a mean: over the elements of the output, or over its rows (the places before the last axis) for those that take
//! a row as one thing (the categorical ones, [`KlDivergence`], [`CosineSimilarity`]); the trainer averages over the samples.
//!
//! A network with several outputs takes a tuple of losses, one for each, whose sum is minimised: `(Huber, Weighted(0.5,
//! MeanAbsoluteError))`. [`ClassWeights`] makes some classes count more than others, [`SampleWeighted`] some samples, for one output.
//!
//! A loss sees the network's output *before* its last activation, the `head`. So a network that ends in Softmax or Sigmoid is
//! trained through the stable form on logits without being told, and its derivative is `probability - target`.

mod binary_crossentropy;
mod binary_focal_crossentropy;
mod categorical_crossentropy;
mod categorical_focal_crossentropy;
mod cosine_similarity;
mod hinge;
mod kl_divergence;
mod negative_log_likelihood;
mod options;
mod pointwise;
mod poisson;
mod regression;
mod rows;
mod several;
mod sparse_categorical_crossentropy;
mod target;
#[cfg(test)]
mod tests;

pub use binary_crossentropy::BinaryCrossentropy;
pub use binary_focal_crossentropy::BinaryFocalCrossentropy;
pub use categorical_crossentropy::CategoricalCrossentropy;
pub use categorical_focal_crossentropy::CategoricalFocalCrossentropy;
pub use cosine_similarity::CosineSimilarity;
pub use hinge::{CategoricalHinge, Hinge, SquaredHinge};
pub use kl_divergence::KlDivergence;
pub use negative_log_likelihood::NegativeLogLikelihood;
pub use options::{BadOption, ClassWeights};
pub use poisson::Poisson;
pub use regression::{
    Huber, LogCosh, MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredError, MeanSquaredLogarithmicError, RootMeanSquaredError,
};
pub use several::{SampleWeighted, Weighted};
pub use sparse_categorical_crossentropy::SparseCategoricalCrossentropy;
pub use target::TargetError;

use crate::activation::Activation;
use crate::memory::Zeroable;
use crate::scalar::Scalar;
use crate::shape::{Real, Shapes};

/// A measure of error between outputs of shape `O` and targets. Implement it for a loss of your own:
///
/// ```
/// use nn_core::shape::{Real, Shapes};
/// use nn_core::train::loss::{Loss, TargetError};
/// use nn_core::{Activation, Scalar};
///
/// /// `sum((y - t)^4)` over the elements.
/// #[derive(Clone)]
/// struct Quartic;
///
/// impl<T: Scalar, O: Real> Loss<T, O> for Quartic {
///     type Target = O::Array<T>;
///
///     fn check(&self, target: &O::Array<T>) -> Result<(), TargetError> {
///         let numbers = O::scalars(core::slice::from_ref(target)).iter();
///         match numbers.enumerate().find(|(_, t)| !t.is_finite()) {
///             Some((index, t)) => Err(TargetError::NotFinite { index, value: t.to_f64() }),
///             None => Ok(()),
///         }
///     }
///
///     fn sample(&self, head: Activation, z: &O::Array<T>, target: &O::Array<T>, dz: &mut O::Array<T>) -> T {
///         let loss = Loss::<T, O>::value(self, head, z, target);
///         let (z, t) = (O::scalars(core::slice::from_ref(z)), O::scalars(core::slice::from_ref(target)));
///         let dz = O::scalars_mut(core::slice::from_mut(dz));
///         for ((dz, z), t) in dz.iter_mut().zip(z).zip(t) {
///             let error = *z - *t;
///             *dz = T::from_f64(4.0) * error * error * error;
///         }
///         loss
///     }
///
///     fn value(&self, head: Activation, z: &O::Array<T>, target: &O::Array<T>) -> T {
///         assert_eq!(head, Activation::Linear, "for networks that end without Softmax or Sigmoid");
///         let (z, t) = (O::scalars(core::slice::from_ref(z)), O::scalars(core::slice::from_ref(target)));
///         z.iter().zip(t).map(|(z, t)| (*z - *t) * (*z - *t)).map(|square| square * square).sum()
///     }
/// }
///
/// use nn_core::shape::Flat;
/// let (y, t) = (nalgebra::Vector2::new(1.0, 3.0), nalgebra::Vector2::new(0.0, 1.0));
/// let mut dy = y;
/// assert_eq!(Loss::<f64, Flat<2>>::sample(&Quartic, Activation::Linear, &y, &t, &mut dy), 17.0);
/// assert_eq!(dy, nalgebra::Vector2::new(4.0, 32.0));
/// ```
pub trait Loss<T: Scalar, O: Shapes>: Sync {
    /// What one sample is compared with.
    type Target: Zeroable;

    /// How many losses of different outputs this is the sum of: those of a tuple. The default is 1.
    fn parts(&self) -> usize {
        1
    }

    /// What is wrong with the loss itself; asked once, before training starts. The default is nothing.
    ///
    /// # Errors
    /// The first option out of its range.
    fn options(&self) -> Result<(), BadOption> {
        Ok(())
    }

    /// What is wrong with a target, before training starts: not finite, no probability, no class.
    fn check(&self, target: &Self::Target) -> Result<(), TargetError>;

    /// The loss of one sample and, in `dz` (overwritten), its gradient with respect to `z`, the network's output before the
    /// activation `head` (Linear where it has none).
    fn sample(&self, head: Activation, z: O::Ref<'_, T>, target: &Self::Target, dz: O::Mut<'_, T>) -> T;

    /// The loss of one sample only: the same bits as [`sample`](Self::sample).
    fn value(&self, head: Activation, z: O::Ref<'_, T>, target: &Self::Target) -> T;

    /// The share of the sample that counts in the mean over a batch, 0 to 1: less than 1 where a class is ignored. Default: 1.
    fn share(&self, target: &Self::Target) -> f64 {
        let _ = target;
        1.0
    }

    /// How many predictions of a sample are right, and of how many: Keras's `accuracy`. `None` (the default) where there is no
    /// right and wrong.
    fn hits(&self, head: Activation, z: O::Ref<'_, T>, target: &Self::Target) -> Option<(usize, usize)> {
        let _ = (head, z, target);
        None
    }

    /// The loss of one sample in one of the [`parts`](Self::parts), without the factor of a [`Weighted`], and its hits. The default is the
    /// whole.
    fn part(&self, part: usize, head: Activation, z: O::Ref<'_, T>, target: &Self::Target) -> (T, Option<(usize, usize)>) {
        let _ = part;
        (self.value(head, z, target), self.hits(head, z, target))
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

/// The name of a loss as a value: the loss with its defaults, so that `Huber` is one and `Huber.delta(0.5)` another.
macro_rules! default_value {
    ($name:ident { $($field:ident: $value:expr),* }) => {
        #[doc = concat!("[`struct@", stringify!($name), "`] with its defaults.")]
        #[allow(non_upper_case_globals, reason = "it stands for the type's default, under its name")]
        pub const $name: $name = $name { $($field: $value),* };
        impl Default for $name {
            fn default() -> Self {
                $name
            }
        }
    };
}
use default_value;

/// Implements [`Loss`] for a loss on probabilities and on logits, plain and with class weights where it can have them, by
/// functions that take [`Options`](options::Options).
macro_rules! crossentropy {
    ($name:ident, target = $target:ty, check = $check:expr, weights = [$($weights:tt)*], $($functions:tt)*) => {
        $crate::train::loss::crossentropy!(@one [] [Real] $name, |loss| loss.as_options(), $target, $check, $($functions)*);
        $crate::train::loss::crossentropy!(
            @one [] [Real] FromLogits<$name>, |loss| loss.0.as_options().logits(), $target, $check, $($functions)*
        );
        $crate::train::loss::crossentropy!(@weighted [$($weights)*] $name, $target, $check, $($functions)*);
    };
    (@weighted [] $($rest:tt)*) => {};
    (@weighted [[$($generics:tt)*] $classes:tt [$($bound:tt)*]] $name:ident, $target:ty, $check:expr, $($functions:tt)*) => {
        $crate::train::loss::crossentropy!(
            @one [$($generics)*] [$($bound)*] ClassWeights<$classes, $name>, |loss| loss.1.as_options().weigh(&loss.0),
            $target, $check, $($functions)*
        );
        $crate::train::loss::crossentropy!(
            @one [$($generics)*] [$($bound)*] FromLogits<ClassWeights<$classes, $name>>,
            |loss| loss.0.1.as_options().weigh(&loss.0.0).logits(), $target, $check, $($functions)*
        );
    };
    (
        @one [$($generics:tt)*] [$($bound:tt)*] $name:ty, |$loss:ident| $options:expr, $target:ty, $check:expr,
        sample = $sample:ident, value = $value:ident, hits = $hits:ident, share = $share:expr
    ) => {
        impl<T: Scalar, O: $($bound)*, $($generics)*> Loss<T, O> for $name {
            type Target = $target;
            fn options(&self) -> Result<(), BadOption> {
                let $loss = self;
                $options.check()
            }
            fn check(&self, target: &Self::Target) -> Result<(), TargetError> {
                let $loss = self;
                $check($options, target)
            }
            fn sample(&self, head: Activation, z: &O::Array<T>, target: &Self::Target, dz: &mut O::Array<T>) -> T {
                let $loss = self;
                $sample::<T, O>($options, head, z, target, dz)
            }
            fn value(&self, head: Activation, z: &O::Array<T>, target: &Self::Target) -> T {
                let $loss = self;
                $value::<T, O>($options, head, z, target)
            }
            fn hits(&self, head: Activation, z: &O::Array<T>, target: &Self::Target) -> Option<(usize, usize)> {
                let $loss = self;
                Some($hits::<T, O>($options, head, z, target))
            }
            fn share(&self, target: &Self::Target) -> f64 {
                let $loss = self;
                $share($options, target)
            }
        }
    };
}
use crossentropy;
