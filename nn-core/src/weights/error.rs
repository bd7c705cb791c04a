//! What can be wrong with a file for a network: all of it, in one error.

use super::self_test::SelfTestError;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use nn_shape::safetensors::{Dtype, HeaderError, Label};

/// A file was not loaded; the network is as before. Lists everything that is wrong.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoadError {
    /// The network.
    pub network: &'static str,
    /// The network the file says it was saved from, if it is another.
    pub saved_from: Option<String>,
    /// What is wrong: at most [`LoadError::SHOWN`] of them.
    pub problems: Vec<Problem>,
    /// How many there are beyond those.
    pub hidden: usize,
}

/// One thing that is wrong with a file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Problem {
    /// It is no safetensors file, or a damaged one.
    File(HeaderError),
    /// A tensor of the network is not there.
    Missing {
        /// Its name in the network.
        tensor: String,
        /// The name looked for, if it is another.
        looked_for: Option<Label>,
        /// Its sizes in the network.
        shape: Vec<usize>,
        /// The tensor nobody asked for whose name is nearest.
        near: Option<Label>,
    },
    /// A tensor of the file is not one of the network's.
    Extra {
        /// Its name in the file.
        tensor: Label,
        /// Its sizes in the file.
        shape: Vec<u64>,
    },
    /// A tensor has other sizes.
    Shape {
        /// Its name in the network.
        tensor: String,
        /// Its sizes in the file.
        file: Vec<u64>,
        /// What they should be there.
        expected: Vec<usize>,
    },
    /// The order of axes asked for is not one.
    Axes {
        /// Its name in the network.
        tensor: String,
        /// What was asked for.
        axes: &'static [usize],
        /// Its sizes in the network.
        shape: Vec<usize>,
    },
    /// A tensor has elements of another type.
    Dtype {
        /// Its name in the network.
        tensor: String,
        /// Their type in the file.
        file: Dtype,
        /// Their type in the network.
        network: Dtype,
    },
    /// Numbers that are infinite or NaN.
    NonFinite {
        /// The tensor's name in the network.
        tensor: String,
        /// The first of them, counted in the file's order.
        index: usize,
        /// What it is.
        value: f64,
        /// How many there are.
        count: usize,
    },
    /// A number that the network's type cannot hold.
    OutOfRange {
        /// The tensor's name in the network.
        tensor: String,
        /// The first of them, counted in the file's order.
        index: usize,
        /// What it is.
        value: f64,
    },
    /// The file's self-test fails.
    SelfTest(SelfTestError),
}

impl LoadError {
    /// The most problems that are listed.
    pub const SHOWN: usize = 100;

    pub(super) fn new(network: &'static str) -> Self {
        Self { network, saved_from: None, problems: Vec::new(), hidden: 0 }
    }

    pub(super) fn add(&mut self, problem: Problem) {
        if self.problems.len() < Self::SHOWN {
            self.problems.push(problem);
        } else {
            self.hidden += 1;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the weights do not fit `{}`", self.network)?;
        if let Some(other) = &self.saved_from {
            write!(f, " (they were saved from `{other}`)")?;
        }
        if let ([problem], 0) = (&self.problems[..], self.hidden) {
            return write!(f, ": {problem}");
        }
        write!(f, ", {} problems:", self.problems.len() + self.hidden)?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        if self.hidden > 0 {
            write!(f, "\n  and {} more", self.hidden)?;
        }
        Ok(())
    }
}

impl core::error::Error for LoadError {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => write!(f, "{error}"),
            Self::Missing { tensor, looked_for, shape, near } => {
                write!(f, "`{tensor}` {shape:?} is missing")?;
                if let Some(name) = looked_for {
                    write!(f, ", looked for as `{name}`")?;
                }
                near.map_or(Ok(()), |near| write!(f, "; the nearest name is `{near}`"))
            }
            Self::Extra { tensor, shape } => write!(f, "`{tensor}` {shape:?} is not a tensor of the network"),
            Self::Shape { tensor, file, expected } => {
                write!(f, "`{tensor}` is {file:?} in the file and must be {expected:?}")?;
                f.write_str(hint(file, expected))
            }
            Self::Axes { tensor, axes, shape } => {
                write!(f, "`{tensor}`: {axes:?} is no order of the axes of {shape:?}")
            }
            Self::Dtype { tensor, file, network } => {
                write!(f, "`{tensor}` is {file} in the file and must be {network}")?;
                let convertible = matches!(file, Dtype::F64 | Dtype::F32 | Dtype::F16 | Dtype::Bf16);
                f.write_str(if convertible { "; `Loader::new().convert()` would round it" } else { "" })
            }
            Self::NonFinite { tensor, index, value, count } => {
                write!(f, "`{tensor}`: element {index} is {value}")?;
                if *count > 1 {
                    write!(f, ", and {} more are not finite", count - 1)?;
                }
                f.write_str("; `Loader::new().allow_non_finite()` would load it")
            }
            Self::OutOfRange { tensor, index, value } => {
                write!(f, "`{tensor}`: element {index} is {value}, more than the network's type can hold")
            }
            Self::SelfTest(error) => write!(f, "{error}"),
        }
    }
}

/// What is usually behind other sizes.
fn hint(file: &[u64], expected: &[usize]) -> &'static str {
    let expected = || expected.iter().map(|&size| size as u64);
    if file.len() > 1 && file.iter().rev().copied().eq(expected()) {
        return "; it is transposed";
    }
    let elements = expected().try_fold(1u64, u64::checked_mul);
    if elements.is_some() && file.iter().copied().try_fold(1u64, u64::checked_mul) == elements {
        return "; as many elements, but in other axes";
    }
    ""
}
