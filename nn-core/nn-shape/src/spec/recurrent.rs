//! What the specifications of recurrent layers have in common.

use super::common::{first, init, mask, source};
use super::table::{Args, OptionSpec, Place, Range, UNSET, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Problem, sequence};

/// The slot of whether each step is given out.
pub const SEQUENCES: usize = 1;
/// The slot of whether a layer goes from the last step to the first.
pub const BACKWARDS: usize = 2;
/// The slot of whether the state is given out.
pub(super) const STATE: usize = 5;
/// The slot of the source that says which steps are padding.
pub const MASK: usize = 6;
/// The slot of the source that the layer starts from.
pub(super) const INITIAL: usize = 7;

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

pub(super) const RETURN_STATE: OptionSpec = OptionSpec {
    key: "return_state",
    kind: ValueKind::Bool,
    doc: "Whether the output is the state after the last step, where another layer can start from: `[units]`, of an `Lstm` `[2, units]`, \
          the state and then the carry. Cannot stream.",
    default: "false",
    place: Place::Slot(STATE),
};

pub(super) const MASK_OPTION: OptionSpec = OptionSpec {
    key: "mask",
    kind: ValueKind::Name,
    doc: "Token ids of the steps, one each: a step of id 0 is padding. It leaves the state as it is, and its output is that of the step \
          before, or zeros before the first other step.",
    default: "nothing is padding",
    place: Place::SourceAndSlot(MASK),
};

pub(super) const ZERO_OUTPUT_FOR_MASK: OptionSpec = OptionSpec {
    key: "zero_output_for_mask",
    kind: ValueKind::Bool,
    doc: "Whether the output of padding is zeros, where each step is given out. `Bidirectional` sets it.",
    default: "false",
    place: Place::Field,
};

pub(super) const INITIAL_STATE: OptionSpec = OptionSpec {
    key: "initial_state",
    kind: ValueKind::Name,
    doc: "Where the layer starts: `[units]`, of an `Lstm` `[2, units]`, as `return_state` makes it. In a stream it stands still: an input, or \
          made of inputs that are read for nothing else; these are given whole.",
    default: "zeros",
    place: Place::SourceAndSlot(INITIAL),
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

/// A state of so many rows.
const fn state(args: &Args, rows: usize) -> Dims {
    if rows > 1 { Dims::seq(rows, args.sizes[0]) } else { Dims::flat(args.sizes[0]) }
}

/// `[time, units]`, `[units]`, or the state, which has so many rows.
pub(super) const fn output(args: &Args, inputs: &[Dims], rows: usize) -> Dims {
    if args.or(STATE, 0) == 1 {
        return state(args, rows);
    }
    if args.or(SEQUENCES, 0) == 1 { Dims::seq(first(inputs).dim(0), args.sizes[0]) } else { Dims::flat(args.sizes[0]) }
}

/// Of `gates` gates with `biases` biases.
pub(super) const fn parameters(args: &Args, inputs: &[Dims], gates: usize, biases: usize) -> usize {
    let biases = if args.bias { biases } else { 0 };
    let rows = first(inputs).last().saturating_add(args.sizes[0]).saturating_add(biases);
    rows.saturating_mul(args.sizes[0]).saturating_mul(gates)
}

/// Needs a sequence of numbers, at least one unit, a mask with an id for each step, and a state of so many rows to start from.
pub(super) const fn check(args: &Args, inputs: &[Dims], rows: usize) -> Check {
    if args.sizes[0] == 0 {
        return Check::Fails(Problem::ZeroSize);
    }
    if let Check::Fails(problem) = sequence(&first(inputs)) {
        return Check::Fails(problem);
    }
    if args.or(STATE, 0) == 1 && args.or(SEQUENCES, 0) == 1 {
        return Check::Fails(Problem::StateOfSteps);
    }
    if let Check::Fails(problem) = mask(args, MASK, first(inputs).dim(0), inputs) {
        return Check::Fails(problem);
    }
    let (want, got) = (state(args, rows), source(args, INITIAL, inputs));
    if args.sizes[INITIAL] == UNSET || got.same(&want) { Check::Fits } else { Check::Fails(Problem::State { want, got }) }
}
