//! `MultiHeadAttention`.

use super::common::{alias, first, init, mask, source};
use super::table::{ArgSpec, Args, LayerSpec, OptionSpec, OptionsForm, Place, Range, TypeArg, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Cut, Problem, divides, sequence};

pub(super) const DROPOUT: Range =
    Range { text: "in 0.0..1.0", why: "it is the share of values set to zero", contains: |x| (0.0..1.0).contains(&x), idle: None };

const HEADS: usize = 0;
const KEY: usize = 1;
const VALUE: usize = 2;
const KV_HEADS: usize = 3;
/// Of `causal`; the encoder and the decoder have theirs in the same place.
const CAUSAL: usize = 4;
pub(super) const MEMORY: usize = 5;
pub(super) const MASK: usize = 6;
const ROTARY: usize = 7;

/// The number of heads as the first argument.
pub(super) const HEADS_ARG: ArgSpec =
    ArgSpec { name: "heads", kind: ValueKind::Size, place: Place::Slot(HEADS), default: None, what: "the number of heads", example: "4" };

/// `mask = ..`
pub(super) const MASK_OPTION: OptionSpec = OptionSpec {
    key: "mask",
    kind: ValueKind::Name,
    doc: "Token ids of the steps that are asked, one each: a step of id 0 is padding and not seen.",
    default: "nothing is padding",
    place: Place::SourceAndSlot(MASK),
};

/// `rotary = ..`
pub(super) const ROTARY_OPTION: OptionSpec = OptionSpec {
    key: "rotary",
    kind: ValueKind::Bool,
    doc: "Whether queries and keys are turned by their positions.",
    default: "false",
    place: Place::SlotAndField(ROTARY),
};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Attention: each step of a sequence asks all steps, of itself or of `memory`, and gets the mean of their values weighted by \
          how well their keys answer its query, for each head. A query that sees no step at all gets zeros.",
    aliases: &[
        alias("MultiheadAttention", "here it is `MultiHeadAttention(heads, key_dim)`"),
        alias("GroupedQueryAttention", "here it is `MultiHeadAttention(heads, key_dim, kv_heads = ..)`"),
        alias("Attention", "here it is `MultiHeadAttention(1, key_dim)`"),
    ],
    type_args: &[
        TypeArg::InLast,
        TypeArg::SourceLast(MEMORY),
        TypeArg::Slot(HEADS),
        TypeArg::SlotElse(KV_HEADS, HEADS),
        TypeArg::Slot(KEY),
        TypeArg::SlotElse(VALUE, KEY),
        TypeArg::BiasSlot(HEADS, HEADS),
        TypeArg::BiasSlot(KV_HEADS, HEADS),
        TypeArg::BiasLen,
        TypeArg::Slot(CAUSAL),
    ],
    positional: &[
        HEADS_ARG,
        ArgSpec {
            name: "key_dim",
            kind: ValueKind::Size,
            place: Place::Slot(KEY),
            default: None,
            what: "the length of each query and key",
            example: "16",
        },
    ],
    options: &[
        OptionSpec {
            key: "value_dim",
            kind: ValueKind::Size,
            doc: "The length of each value.",
            default: "key_dim",
            place: Place::Slot(VALUE),
        },
        OptionSpec {
            key: "kv_heads",
            kind: ValueKind::Size,
            doc: "How many heads of keys and values there are, each asked by a group of neighbouring heads.",
            default: "heads",
            place: Place::Slot(KV_HEADS),
        },
        OptionSpec {
            key: "memory",
            kind: ValueKind::Name,
            doc: "The sequence that is asked. In a stream it stands still: an input, or made of inputs that are read for nothing else; these are given whole.",
            default: "the input itself",
            place: Place::SourceAndSlot(MEMORY),
        },
        MASK_OPTION,
        OptionSpec {
            key: "causal",
            kind: ValueKind::Bool,
            doc: "Whether a step sees none that come after it. Then the layer can stream; a stream sees as many steps as the input has.",
            default: "false",
            place: Place::Slot(CAUSAL),
        },
        ROTARY_OPTION,
        OptionSpec {
            key: "dropout",
            kind: ValueKind::Float(Some(&DROPOUT)),
            doc: "The share of weights of the mean set to zero in training.",
            default: "0.0",
            place: Place::Field,
        },
        OptionSpec { key: "bias", kind: ValueKind::Bool, doc: "Whether the projections have biases.", default: "true", place: Place::Bias },
        init("init", "The kernels' initialiser.", "GlorotUniform"),
        init("bias_init", "The biases' initialiser.", "Zeros"),
    ],
    form: OptionsForm::Fields("MultiHeadAttentionOptions"),
    parameters: Some(parameters),
    still: Some(MEMORY),
    ..LayerSpec::new("MultiHeadAttention", "multi_head_attention", output, check)
};

/// The input's shape.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// The parameters of an attention with these sizes: kernels and biases of queries, keys, values and outputs.
pub(super) const fn count(features: usize, memory: usize, [heads, groups, key, value]: [usize; 4], bias: bool) -> usize {
    let bias = if bias { 1 } else { 0 };
    let queries = features.saturating_add(bias).saturating_mul(heads).saturating_mul(key);
    let asked = memory.saturating_add(bias).saturating_mul(groups).saturating_mul(key.saturating_add(value));
    let outputs = heads.saturating_mul(value).saturating_add(bias).saturating_mul(features);
    queries.saturating_add(asked).saturating_add(outputs)
}

/// Kernels and biases of the four projections.
pub const fn parameters(args: &Args, inputs: &[Dims]) -> usize {
    let (heads, key) = (args.sizes[HEADS], args.sizes[KEY]);
    let sizes = [heads, args.or(KV_HEADS, heads), key, args.or(VALUE, key)];
    count(first(inputs).last(), source(args, MEMORY, inputs).last(), sizes, args.bias)
}

/// Whether `memory` and `mask` are what an attention needs.
pub(super) const fn sources(args: &Args, inputs: &[Dims]) -> Check {
    let memory = source(args, MEMORY, inputs);
    if !matches!(sequence(&memory), Check::Fits) {
        return Check::Fails(Problem::Memory { got: memory });
    }
    mask(args, MASK, memory.dim(0), inputs)
}

/// Needs a sequence, sizes of at least one, a memory that is a sequence, and a mask with an id for each of its steps.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    let (heads, key) = (args.sizes[HEADS], args.sizes[KEY]);
    let groups = args.or(KV_HEADS, heads);
    if heads == 0 || key == 0 || groups == 0 || args.sizes[VALUE] == 0 {
        return Check::Fails(Problem::ZeroSize);
    }
    if let Check::Fails(problem) = sequence(&first(inputs)) {
        return Check::Fails(problem);
    }
    if let Check::Fails(problem) = divides(Cut::HeadGroups, groups, heads) {
        return Check::Fails(problem);
    }
    if args.or(ROTARY, 0) == 1
        && let Check::Fails(problem) = divides(Cut::Pairs, 2, key)
    {
        return Check::Fails(problem);
    }
    sources(args, inputs)
}
