//! `Unembedding`.

use super::common::{alias, first, numbers};
use super::table::{ArgSpec, Args, LayerSpec, OptionsForm, Place, TypeArg, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Problem};

/// The slots of the embedding, which stand in the same ones here.
pub const VOCABULARY: usize = 0;
/// The length of its vectors.
pub const UNITS: usize = 1;

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "How well each vector of an `Embedding` answers, the inner products with all of them: `[n, units]` becomes `[n, vocabulary]`, \
          `[units]` becomes `[vocabulary]`. The table is the embedding's own (tied weights), whose gradient is the sum of both uses.",
    aliases: &[
        alias("TiedEmbedding", "here it is `Unembedding(name)`, with the name of an `Embedding`"),
        alias("ReversibleEmbedding", "here it is `Unembedding(name)`, with the name of an `Embedding`"),
        alias("TiedDense", "here it is `Unembedding(name)`, with the name of an `Embedding`"),
    ],
    layer: "Embedding",
    type_args: &[TypeArg::Slot(VOCABULARY), TypeArg::Slot(UNITS)],
    positional: &[ArgSpec {
        name: "embedding",
        kind: ValueKind::Name,
        place: Place::Shared,
        default: None,
        what: "the name of an `Embedding`",
        example: "words",
    }],
    form: OptionsForm::Fields("EmbeddingOptions"),
    parameters: Some(parameters),
    ..LayerSpec::new("Unembedding", "unembedding", output, check)
};

/// The input with a number for each token in the vocabulary.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs).with_last(args.or(VOCABULARY, 0))
}

/// None of its own.
pub const fn parameters(_args: &Args, _inputs: &[Dims]) -> usize {
    0
}

/// Needs numbers, as many on the last axis as a vector of the table has.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    let (got, units) = (first(inputs), args.or(UNITS, 0));
    match numbers(inputs) {
        Check::Fits if got.last() == units => Check::Fits,
        Check::Fits => Check::Fails(Problem::OtherTable { units, got }),
        fails => fails,
    }
}
