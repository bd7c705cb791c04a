//! `Embedding`.

use super::common::{UNITS, alias, first, init, wrong};
use super::table::{ArgSpec, Args, LayerSpec, OptionsForm, Place, TypeArg, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Needs, Problem};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "A table of learned vectors, one for each token id: `[u32; n]` becomes `[n, units]`.",
    aliases: &[alias("Embed", "here it is `Embedding{args}`"), alias("EmbeddingBag", "here it is `Embedding{args}, GlobalAvgPool`")],
    type_args: &[TypeArg::Slot(0), TypeArg::OutLast],
    positional: &[
        ArgSpec {
            name: "vocabulary",
            kind: ValueKind::Size,
            place: Place::Slot(0),
            default: None,
            what: "the number of different token ids",
            example: "1000",
        },
        ArgSpec { what: "the length of each vector", example: "32", place: Place::Slot(1), ..UNITS },
    ],
    options: &[init("init", "The table's initialiser.", "Uniform(-0.05, 0.05)")],
    form: OptionsForm::Fields("EmbeddingOptions"),
    parameters: Some(parameters),
    ..LayerSpec::new("Embedding", "embedding", output, check)
};

/// `[n, units]`.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    Dims::seq(first(inputs).dim(0), args.sizes[1])
}

/// The table `[vocabulary, units]`.
pub const fn parameters(args: &Args, _inputs: &[Dims]) -> usize {
    args.sizes[0].saturating_mul(args.sizes[1])
}

/// Needs token ids, a vocabulary and at least one unit.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    if args.sizes[0] == 0 || args.sizes[1] == 0 {
        return Check::Fails(Problem::ZeroSize);
    }
    let got = first(inputs);
    if got.is_tokens() { Check::Fits } else { wrong(Needs::Tokens, got) }
}
