//! Optimisers: how a gradient moves the parameters.
//!
//! An optimiser is a rule for one element ([`Rule`]); [`Update`] takes it over all parameters in one pass, with what all rules have
//! in common: [groups](Group), weight decay and [clipping](Clip). [`Grouped`], [`Ema`] and [`Accumulate`] go around any optimiser.

#[macro_use]
mod options;

mod accumulate;
mod adadelta;
mod adagrad;
mod adam;
mod adam_w;
mod adamax;
mod amsgrad;
mod clip;
mod ema;
mod group;
mod invalid;
mod lion;
mod moments;
mod nadam;
mod regularize;
mod rms_prop;
mod sgd;
#[cfg(test)]
mod tests;
mod update;

pub use accumulate::Accumulate;
pub use adadelta::Adadelta;
pub use adagrad::Adagrad;
pub use adam::Adam;
pub use adam_w::AdamW;
pub use adamax::Adamax;
pub use amsgrad::Amsgrad;
pub use clip::Clip;
pub use ema::Ema;
#[cfg(feature = "alloc")]
pub(super) use ema::{overwrite, swap};
pub use group::{Group, Grouped, Select};
pub use invalid::BadOptimizer;
pub use lion::Lion;
pub use moments::Moments;
pub use nadam::Nadam;
pub use options::Formulas;
pub use regularize::{penalty, regularize};
pub use rms_prop::RmsProp;
pub use sgd::Sgd;
pub use update::{Rule, Settings, Terms, Update};

use crate::memory::Zeroable;
use crate::parameters::Parameters;
use crate::scalar::Scalar;

/// A rule that moves parameters against a gradient.
///
/// For one of your own, implement [`Rule`] for what it does to an element and call [`Update::run`].
pub trait Optimizer<T: Scalar>: Sync {
    /// Moments: as many copies of the network's parameters as the rule keeps, e.g. `[N; 2]`. All zero at the start, and all
    /// that an update depends on beside its number.
    type State<N: Zeroable>: Moments<N>;

    /// The learning rate of the update that `step` updates came before: a function of nothing else.
    fn learning_rate(&self, step: u64) -> f64;

    /// One update: moves the trainable parameters of `net` against `gradient`.
    fn update<N: Parameters<T>>(&self, update: &Update<'_>, net: &mut N, gradient: &mut N, state: &mut Self::State<N>);

    /// Whether the options are in range, and the names of groups those of tensors of `net`.
    ///
    /// # Errors
    /// [`BadOptimizer`], with the first that is not.
    fn check<N: Parameters<T>>(&self, net: &N) -> Result<(), BadOptimizer>;

    /// How many batches add up to the gradient of one update: Keras's word. 1, but for [`Accumulate`].
    fn gradient_accumulation_steps(&self) -> u64 {
        1
    }

    /// The moving average of the parameters, if this optimiser keeps one ([`Ema`]).
    fn average<'s, N: Zeroable>(&self, _state: &'s mut Self::State<N>) -> Option<&'s mut N> {
        None
    }

    /// Whether evaluation during training is of the average.
    fn evaluates_average(&self) -> bool {
        false
    }
}

/// At least this many elements are worth a thread of their own.
const GRAIN: usize = 16 * 1024;

/// A moment as it is stored: 0 instead of |x| < 2^-100, so that moments that fade out never become subnormal numbers, which cost
/// a hundred times as much. NaN stays.
#[inline(always)]
pub fn flush<T: Scalar>(x: T, threshold: T) -> T {
    if x.abs() < threshold { T::ZERO } else { x }
}

/// 2^-100.
#[inline(always)]
pub fn flush_threshold<T: Scalar>() -> T {
    T::from_f64(1.0 / (1u128 << 100) as f64)
}
