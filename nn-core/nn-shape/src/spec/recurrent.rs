//! What the specifications of recurrent layers have in common.

use super::common::{first, init, wrong};
use super::table::{Args, OptionSpec, Place, Range, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Needs, Problem};

/// The slot of whether each step is given out.
pub const SEQUENCES: usize = 1;
/// The slot of whether a layer goes from the last step to the first.
pub const BACKWARDS: usize = 2;

const SHARE: Range =
    Range { text: "in 0.0..1.0", why: "it is the share of the state that is dropped", contains: |x| (0.0..1.0).contains(&x), idle: None };

const INPUTS: Range = Range {
    text: "in 0.0..1.0",
    why: "it is the share of the features that is dropped",
    contains: |x| (0.0..1.0).contains(&x),
    idle: None,
};

pub(super) const DROPOUT: OptionSpec = OptionSpec {
    key: "dropout",
    kind: ValueKind::Float(Some(&INPUTS)),
    doc: "The share of the input's features that is dropped in training, the same features at every step.",
    default: "0.0",
    place: Place::InputDropout,
};

pub(super) const ACTIVATION: OptionSpec = OptionSpec {
    key: "activation",
    kind: ValueKind::Activation,
    doc: "The activation of the new state.",
    default: "Tanh",
    place: Place::Field,
};

pub(super) const RECURRENT_ACTIVATION: OptionSpec = OptionSpec {
    key: "recurrent_activation",
    kind: ValueKind::Activation,
    doc: "The activation of the gates.",
    default: "Sigmoid",
    place: Place::Field,
};

pub(super) const RETURN_SEQUENCES: OptionSpec = OptionSpec {
    key: "return_sequences",
    kind: ValueKind::Bool,
    doc: "Whether the output is `[time, units]`, of each step, or `[units]`, of the last. In a stream each step gives out its own.",
    default: "false",
    place: Place::Slot(SEQUENCES),
};

pub(super) const GO_BACKWARDS: OptionSpec = OptionSpec {
    key: "go_backwards",
    kind: ValueKind::Bool,
    doc: "Whether it starts at the last step; the outputs are in the order in which they are made. Cannot stream.",
    default: "false",
    place: Place::Slot(BACKWARDS),
};

pub(super) const BIAS: OptionSpec =
    OptionSpec { key: "bias", kind: ValueKind::Bool, doc: "Whether a bias is added.", default: "true", place: Place::Bias };

pub(super) const INIT: OptionSpec = init("init", "The kernel's initialiser.", "GlorotUniform");
pub(super) const RECURRENT_INIT: OptionSpec = init("recurrent_init", "The recurrent kernel's initialiser.", "Orthogonal(1.0)");
pub(super) const BIAS_INIT: OptionSpec = init("bias_init", "The bias's initialiser.", "Zeros");

pub(super) const RECURRENT_DROPOUT: OptionSpec = OptionSpec {
    key: "recurrent_dropout",
    kind: ValueKind::Float(Some(&SHARE)),
    doc: "The share of the state that is dropped in training, the same units at every step.",
    default: "0.0",
    place: Place::Field,
};

pub(super) const TRUNCATE: OptionSpec = OptionSpec {
    key: "truncate",
    kind: ValueKind::Size,
    doc: "Gradients do not go back over steps that are a multiple of this (truncated backpropagation through time).",
    default: "over all steps",
    place: Place::SlotAndField(4),
};

/// `[time, units]` or `[units]`.
pub(super) const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    if args.or(SEQUENCES, 0) == 1 { Dims::seq(first(inputs).dim(0), args.sizes[0]) } else { Dims::flat(args.sizes[0]) }
}

/// Of `gates` gates with `biases` biases.
pub(super) const fn parameters(args: &Args, inputs: &[Dims], gates: usize, biases: usize) -> usize {
    let biases = if args.bias { biases } else { 0 };
    let rows = first(inputs).last().saturating_add(args.sizes[0]).saturating_add(biases);
    rows.saturating_mul(args.sizes[0]).saturating_mul(gates)
}

/// Needs a sequence of numbers and at least one unit.
pub(super) const fn check(args: &Args, inputs: &[Dims]) -> Check {
    let got = first(inputs);
    if args.sizes[0] == 0 {
        Check::Fails(Problem::ZeroSize)
    } else if got.rank() == 2 && !got.is_tokens() {
        Check::Fits
    } else {
        wrong(Needs::Sequence, got)
    }
}
