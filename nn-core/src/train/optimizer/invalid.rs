//! Options that make no optimiser.

use super::Clip;
use crate::train::schedule::Schedule;
use core::fmt;

/// What is wrong with an optimiser.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BadOptimizer {
    /// An option is out of range.
    Option {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What it must be.
        expected: &'static str,
    },
    /// A group has no tensors.
    NoTensor {
        /// The name or pattern that nothing matches.
        pattern: &'static str,
    },
}

impl fmt::Display for BadOptimizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option { name, value, expected } => write!(f, "`{name}` of the optimiser is {value} and must be {expected}"),
            Self::NoTensor { pattern } => {
                write!(f, "no tensor of the network matches `{pattern}`, the name of a group of the optimiser")
            }
        }
    }
}

impl core::error::Error for BadOptimizer {}

fn expect(name: &'static str, value: f64, holds: bool, expected: &'static str) -> Result<(), BadOptimizer> {
    if holds { Ok(()) } else { Err(BadOptimizer::Option { name, value, expected }) }
}

/// What is left of something after a step: at least 0, below 1.
pub(super) fn fraction(name: &'static str, value: f64) -> Result<(), BadOptimizer> {
    expect(name, value, (0.0..1.0).contains(&value), "at least 0 and below 1")
}

/// A factor or an addend: at least 0, and finite.
pub(super) fn not_negative(name: &'static str, value: f64) -> Result<(), BadOptimizer> {
    expect(name, value, value >= 0.0 && value.is_finite(), "a finite number, at least 0")
}

/// A count.
pub(super) fn at_least_one(name: &'static str, value: u64) -> Result<(), BadOptimizer> {
    expect(name, value as f64, value > 0, "at least 1")
}

/// What every rule has.
pub(super) fn common(rate: &impl Schedule, weight_decay: f64, clip: Clip) -> Result<(), BadOptimizer> {
    not_negative("learning_rate", rate.learning_rate(0))?;
    not_negative("weight_decay", weight_decay)?;
    let (name, limit) = match clip {
        Clip::None => return Ok(()),
        Clip::Value(limit) => ("clip_value", limit),
        Clip::Norm(norm) => ("clip_norm", norm),
        Clip::GlobalNorm(norm) => ("global_clip_norm", norm),
    };
    expect(name, limit, limit > 0.0, "above 0")
}
