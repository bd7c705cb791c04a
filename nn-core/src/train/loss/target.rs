//! What can be wrong with a target.

use crate::scalar::Scalar;
use core::fmt;

/// A target that a loss cannot take. `index` counts the numbers (or labels) of one sample in memory order.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum TargetError {
    /// A number is infinite or NaN.
    NotFinite {
        /// Its place in the sample's target.
        index: usize,
        /// What is there.
        value: f64,
    },
    /// A number is no probability.
    NotAProbability {
        /// Its place in the sample's target.
        index: usize,
        /// What is there.
        value: f64,
    },
    /// A number is below 0.
    Negative {
        /// Its place in the sample's target.
        index: usize,
        /// What is there.
        value: f64,
    },
    /// A number says neither yes nor no.
    NotASign {
        /// Its place in the sample's target.
        index: usize,
        /// What is there.
        value: f64,
    },
    /// The weight of a [`SampleWeighted`](super::SampleWeighted) is none.
    Weight {
        /// What is there.
        value: f64,
    },
    /// A label names no class.
    NoSuchClass {
        /// Its place in the sample's target.
        index: usize,
        /// What is there.
        label: u32,
        /// How many classes the network's output has.
        classes: usize,
    },
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NotFinite { index, value } => write!(f, "number {index} of the target is {value}; expected a finite number"),
            Self::NotAProbability { index, value } => write!(f, "number {index} of the target is {value}; expected a probability, 0 to 1"),
            Self::Negative { index, value } => write!(f, "number {index} of the target is {value}; expected a number of at least 0"),
            Self::NotASign { index, value } => write!(f, "number {index} of the target is {value}; expected -1 or 1 (or 0 or 1)"),
            Self::Weight { value } => write!(f, "the weight of the target is {value}; expected a finite number, at least 0"),
            Self::NoSuchClass { index, label, classes: 0 } => {
                write!(f, "label {index} of the target is {label}, but the network's output has no classes")
            }
            Self::NoSuchClass { index, label, classes } => {
                write!(
                    f,
                    "label {index} of the target is {label}; expected 0 to {}: the network's output has {classes} classes",
                    classes - 1
                )
            }
        }
    }
}

impl core::error::Error for TargetError {}

/// Whether all are finite.
pub(super) fn finite<T: Scalar>(target: &[T]) -> Result<(), TargetError> {
    match target.iter().enumerate().find(|(_, x)| !x.is_finite()) {
        Some((index, x)) => Err(TargetError::NotFinite { index, value: x.to_f64() }),
        None => Ok(()),
    }
}

/// Whether all are finite and `fits` says yes.
fn each<T: Scalar>(target: &[T], fits: impl Fn(T) -> bool, error: impl Fn(usize, f64) -> TargetError) -> Result<(), TargetError> {
    finite(target)?;
    match target.iter().enumerate().find(|(_, x)| !fits(**x)) {
        Some((index, x)) => Err(error(index, x.to_f64())),
        None => Ok(()),
    }
}

/// Whether all are probabilities.
pub(super) fn probabilities<T: Scalar>(target: &[T]) -> Result<(), TargetError> {
    each(target, |x| x >= T::ZERO && x <= T::ONE, |index, value| TargetError::NotAProbability { index, value })
}

/// Whether none is below 0.
pub(super) fn not_negative<T: Scalar>(target: &[T]) -> Result<(), TargetError> {
    each(target, |x| x >= T::ZERO, |index, value| TargetError::Negative { index, value })
}

/// Whether all are -1, 0 or 1.
pub(super) fn signs<T: Scalar>(target: &[T]) -> Result<(), TargetError> {
    each(target, |x| x == T::ZERO || x.abs() == T::ONE, |index, value| TargetError::NotASign { index, value })
}

/// Whether all are classes, or the label that is ignored.
pub(super) fn classes(labels: &[u32], classes: usize, ignore: Option<u32>) -> Result<(), TargetError> {
    let wrong = |label: u32| label as usize >= classes && ignore != Some(label);
    match labels.iter().enumerate().find(|(_, label)| wrong(**label)) {
        Some((index, &label)) => Err(TargetError::NoSuchClass { index, label, classes }),
        None => Ok(()),
    }
}
