//! Options that are not one layer's own, and helpers of the shape rules.

use super::table::{Alias, ArgSpec, Args, OptionSpec, Place, Range, UNSET, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Needs, Problem};

pub(super) const NOT_NEGATIVE: Range =
    Range { text: "at least 0", why: "a negative penalty rewards large weights", contains: |x| x >= 0.0 && x.is_finite(), idle: None };

const fn penalty(key: &'static str, doc: &'static str) -> OptionSpec {
    let kind = ValueKind::Float(Some(&NOT_NEGATIVE));
    OptionSpec { key, kind, doc, default: "0.0", place: Place::Common }
}

const fn constraint(key: &'static str, doc: &'static str) -> OptionSpec {
    OptionSpec { key, kind: ValueKind::Constraint, doc, default: "Free", place: Place::Common }
}

/// The options of every layer with parameters.
pub static COMMON: &[OptionSpec] = &[
    penalty("l1", "Adds `l1 * sum(|w|)` of the kernel to the loss."),
    penalty("l2", "Adds `l2 * sum(w^2)` of the kernel to the loss."),
    penalty("bias_l1", "Adds `bias_l1 * sum(|b|)` of the bias to the loss."),
    penalty("bias_l2", "Adds `bias_l2 * sum(b^2)` of the bias to the loss."),
    constraint("constraint", "What the kernel must be after every step."),
    constraint("bias_constraint", "What the bias must be after every step."),
    OptionSpec {
        key: "trainable",
        kind: ValueKind::Bool,
        doc: "Whether training changes the parameters.",
        default: "true",
        place: Place::Common,
    },
];

/// The options of every layer with a recurrent kernel, besides [`COMMON`].
pub static RECURRENT: &[OptionSpec] = &[
    penalty("recurrent_l1", "Adds `recurrent_l1 * sum(|w|)` of the recurrent kernel to the loss."),
    penalty("recurrent_l2", "Adds `recurrent_l2 * sum(w^2)` of the recurrent kernel to the loss."),
    constraint("recurrent_constraint", "What the recurrent kernel must be after every step."),
];

/// The option of every entry: where it starts.
pub static FROM: OptionSpec = OptionSpec {
    key: "from",
    kind: ValueKind::Names,
    doc: "Starts at the named entry instead of at the line above.",
    default: "the line above",
    place: Place::Source,
};

/// `activation = ..`.
pub(super) const ACTIVATION: OptionSpec = OptionSpec {
    key: "activation",
    kind: ValueKind::Activation,
    doc: "An activation applied to the output.",
    default: "Linear",
    place: Place::Lowered,
};

/// `init = ..` with a layer's default.
pub(super) const fn init(key: &'static str, doc: &'static str, default: &'static str) -> OptionSpec {
    OptionSpec { key, kind: ValueKind::Init, doc, default, place: Place::Field }
}

const EPS: Range = Range { text: "above 0", why: "it keeps the division finite", contains: |x| x > 0.0 && x.is_finite(), idle: None };

/// `eps = ..` with a layer's default.
pub(super) const fn eps(doc: &'static str, default: &'static str) -> OptionSpec {
    OptionSpec { key: "eps", kind: ValueKind::Float(Some(&EPS)), doc, default, place: Place::Field }
}

/// A number of outputs as the layer's first argument.
pub(super) const UNITS: ArgSpec =
    ArgSpec { name: "units", kind: ValueKind::Size, place: Place::Slot(0), default: None, what: "the number of outputs", example: "10" };

/// The usual advice for a foreign name.
pub(super) const fn alias(name: &'static str, hint: &'static str) -> Alias {
    Alias { name, hint }
}

/// The first input. A shape function is total, so no input is an empty one.
pub(super) const fn first(inputs: &[Dims]) -> Dims {
    if inputs.is_empty() { Dims::flat(0) } else { inputs[0] }
}

/// The input that a slot names, or the first one.
pub(super) const fn source(args: &Args, slot: usize, inputs: &[Dims]) -> Dims {
    let at = args.or(slot, 0);
    if at < inputs.len() { inputs[at] } else { first(inputs) }
}

/// Whether what a slot names, if anything, has one token id for each of so many steps.
pub(super) const fn mask(args: &Args, slot: usize, steps: usize, inputs: &[Dims]) -> Check {
    let got = source(args, slot, inputs);
    if args.sizes[slot] == UNSET || (got.is_tokens() && got.dim(0) == steps) {
        Check::Fits
    } else {
        Check::Fails(Problem::Mask { steps, got })
    }
}

/// Numbers, not token ids.
pub(super) const fn numbers(inputs: &[Dims]) -> Check {
    let got = first(inputs);
    if got.is_tokens() { wrong(Needs::Numbers, got) } else { Check::Fits }
}

/// The failure of a layer that needs another kind of input.
pub(super) const fn wrong(needs: Needs, got: Dims) -> Check {
    Check::Fails(Problem::WrongInput { needs, got })
}
