//! `PositionalEmbedding`.

use super::common::{alias, first, init};
use super::table::{Args, LayerSpec, OptionSpec, OptionsForm, Place, TypeArg, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Problem, sequence};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Adds to each step of a sequence the vector of its position, from a learned table. A stream stays at the last position.",
    aliases: &[alias("PositionEmbedding", "here it is `PositionalEmbedding`, which also adds")],
    type_args: &[TypeArg::SlotOrFirst(0), TypeArg::InLast],
    options: &[
        OptionSpec {
            key: "max_length",
            kind: ValueKind::Size,
            doc: "The number of positions, at least that of the steps.",
            default: "the number of steps",
            place: Place::Slot(0),
        },
        init("init", "The table's initialiser.", "GlorotUniform"),
    ],
    form: OptionsForm::Fields("PositionalEmbeddingOptions"),
    parameters: Some(parameters),
    ..LayerSpec::new("PositionalEmbedding", "positional_embedding", output, check)
};

/// The input's shape.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// The table `[max_length, features]`.
pub const fn parameters(args: &Args, inputs: &[Dims]) -> usize {
    args.or(0, first(inputs).dim(0)).saturating_mul(first(inputs).last())
}

/// Needs a sequence that is no longer than the table.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    let got = first(inputs);
    let length = args.or(0, got.dim(0));
    match sequence(&got) {
        Check::Fits if length < got.dim(0) => Check::Fails(Problem::TooLong { length, got }),
        found => found,
    }
}
