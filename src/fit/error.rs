//! What can be wrong with a training run.

use super::{CallbackError, CheckpointError, History, LrRange};
use nn_core::BadInput;
use nn_core::train::constraint::Constraint;
use nn_core::train::loss::{BadOption, TargetError};
use nn_core::train::optimizer::BadOptimizer;
use nn_core::train::{Mismatch, NonFinite, Unavailable};
use thiserror::Error;

/// Why [`Trainer::fit`](super::Trainer::fit) did not train, or stopped. Everything but [`FitError::NonFinite`],
/// [`FitError::Callback`], [`FitError::Checkpoint`] and, of data that do not stay the same, [`FitError::Data`] is found before the first
/// step, and leaves the network untouched.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FitError {
    /// There is nothing to train on.
    #[error("the training data is empty")]
    Empty,
    /// There is nothing to validate on.
    #[error("the validation data is empty")]
    EmptyValidation,
    /// A batch does not fit into the data.
    #[error("a batch has {batch} samples, but the training data only {samples}: use a `Trainer<_, {samples}>` or smaller")]
    BatchTooLarge {
        /// The batch size of the trainer.
        batch: usize,
        /// The number of training samples.
        samples: usize,
    },
    /// A batch of no samples.
    #[error("the batch size is 0")]
    BatchOfZero,
    /// The share of validation data leaves one part empty.
    #[error("a validation split of {fraction} leaves {train} samples to train on and {validation} to validate on")]
    ValidationSplit {
        /// The share asked for.
        fraction: f64,
        /// What is left for training.
        train: usize,
        /// What it gives for validation.
        validation: usize,
    },
    /// A metric of an output that the network does not have.
    #[error("a metric of the output `{output}`; the network has {}", outputs.join(", "))]
    Output {
        /// The name given.
        output: String,
        /// The names there are.
        outputs: &'static [&'static str],
    },
    /// Two measurements would have one name, as the loss of an output `val` and the loss in validation.
    #[error("two things to measure are called `{name}`: rename the output or the metric")]
    SameName {
        /// The name.
        name: String,
    },
    /// Validation on a part of data that are read in order: in which pass would it be?
    #[error("a stream cannot be split for validation: give another one, `.validation(&data)`")]
    SplitOfStream,
    /// An option of the loss is out of its range.
    #[error("{0}")]
    Loss(BadOption),
    /// The parameter of mixup is out of its range.
    #[error("mixup({alpha}); expected a finite number above 0")]
    Mixup {
        /// What was given.
        alpha: f64,
    },
    /// The samples have another shape than the network's input.
    #[error("{data} data: {source}")]
    Shape {
        /// `training` or `validation`.
        data: &'static str,
        /// Both shapes.
        source: Mismatch,
    },
    /// A sample has a token id out of range.
    #[error("{data} sample {index}: {source}")]
    Input {
        /// `training` or `validation`.
        data: &'static str,
        /// Which sample.
        index: usize,
        /// What is wrong with it.
        source: BadInput,
    },
    /// A target is not one the loss can take.
    #[error("{data} sample {index}: {source}")]
    Target {
        /// `training` or `validation`.
        data: &'static str,
        /// Which sample.
        index: usize,
        /// What is wrong with it.
        source: TargetError,
    },
    /// An option of the optimiser is out of range, or a group of it has no tensors.
    #[error("{source}")]
    Optimizer {
        /// Which, and why.
        source: BadOptimizer,
    },
    /// A constraint has arguments that it cannot have.
    #[error("the constraint of `{tensor}` is {constraint:?}; expected {expected}")]
    Constraint {
        /// The tensor.
        tensor: String,
        /// Its constraint.
        constraint: Constraint,
        /// What its arguments should be.
        expected: &'static str,
    },
    /// A sample's weight is negative, infinite or NaN.
    #[error("{data} sample {index}: its weight is {weight}; expected a finite number, at least 0")]
    SampleWeight {
        /// `training` or `validation`.
        data: &'static str,
        /// Which sample.
        index: usize,
        /// Its weight.
        weight: f64,
    },
    /// No threads could be started.
    #[error("cannot start {threads} threads: {reason}")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// The system's answer.
        reason: String,
    },
    /// A range of learning rates is none.
    #[error("learning rates from {} to {} in {} steps; expected 0 < start < end, and at least 2 steps", .range.start, .range.end, .range.steps)]
    LrRange {
        /// What was given.
        range: LrRange,
    },
    /// The system does not let the run have Ctrl-C.
    #[error("cannot watch for Ctrl-C: {source}")]
    CtrlC {
        /// The system's answer.
        source: std::io::Error,
    },
    /// An option is 0 that must not be.
    #[error("`{option}` is 0; expected at least 1")]
    Zero {
        /// Which.
        option: &'static str,
    },
    /// A checkpoint could not be written, or not be taken up.
    #[error("{source}")]
    Checkpoint {
        /// Why.
        source: CheckpointError,
        /// What came before.
        history: Box<History>,
    },
    /// A callback ended the run.
    #[error("{source}")]
    Callback {
        /// Which, and why.
        source: CallbackError,
        /// What came before.
        history: Box<History>,
    },
    /// Samples cannot be read. The network is as after the last step before.
    #[error("{data} data: {source}")]
    Data {
        /// `training`, `validation` or `evaluation`.
        data: &'static str,
        /// Why, and where: of files, with the line.
        source: Unavailable,
        /// What came before.
        history: Box<History>,
    },
    /// The loss or a gradient became infinite or NaN. The network is as after the last finite step.
    #[error("{source}")]
    NonFinite {
        /// Where.
        source: NonFinite,
        /// What came before.
        history: Box<History>,
    },
}
