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

/// Whether all are probabilities.
pub(super) fn probabilities<T: Scalar>(target: &[T]) -> Result<(), TargetError> {
    finite(target)?;
    match target.iter().enumerate().find(|(_, x)| **x < T::ZERO || **x > T::ONE) {
        Some((index, x)) => Err(TargetError::NotAProbability { index, value: x.to_f64() }),
        None => Ok(()),
    }
}

/// Whether all are classes.
pub(super) fn classes(labels: &[u32], classes: usize) -> Result<(), TargetError> {
    match labels.iter().enumerate().find(|(_, label)| **label as usize >= classes) {
        Some((index, &label)) => Err(TargetError::NoSuchClass { index, label, classes }),
        None => Ok(()),
    }
}
