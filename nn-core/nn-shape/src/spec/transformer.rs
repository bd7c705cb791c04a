//! `TransformerEncoder` and `TransformerDecoder`.

use super::common::{alias, eps, first, init};
use super::multi_head_attention::{DROPOUT, HEADS_ARG, MASK_OPTION, MEMORY, ROTARY_OPTION, count, sources};
use super::table::{ArgSpec, Args, Choice, LayerSpec, OptionSpec, OptionsForm, Place, TypeArg, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Cut, Problem, divides, sequence};

const HEADS: usize = 0;
const FFN: usize = 1;
const CAUSAL: usize = 4;
const ROTARY: usize = 7;
const NORM: usize = 8;

static NORMS: Choice = Choice { ty: "NormPlace", words: &["Post", "Pre"] };

const FFN_ARG: ArgSpec = ArgSpec {
    name: "ffn",
    kind: ValueKind::Size,
    place: Place::Slot(FFN),
    default: None,
    what: "the number of hidden features of its dense layers",
    example: "256",
};

const NORM_OPTION: OptionSpec = OptionSpec {
    key: "norm",
    kind: ValueKind::Choice(&NORMS),
    doc: "Where the norms are: `Post`, after the sum of a part and the way past it, or `Pre`, before the part.",
    default: "Post",
    place: Place::SlotAndField(NORM),
};

const ACTIVATION: OptionSpec = OptionSpec {
    key: "activation",
    kind: ValueKind::Activation,
    doc: "The activation between the two dense layers.",
    default: "Relu",
    place: Place::Field,
};

const DROPOUT_OPTION: OptionSpec = OptionSpec {
    key: "dropout",
    kind: ValueKind::Float(Some(&DROPOUT)),
    doc: "The share set to zero in training: of the attentions' weights, and of what each part gives.",
    default: "0.0",
    place: Place::Field,
};

const CAUSAL_OPTION: OptionSpec = OptionSpec {
    key: "causal",
    kind: ValueKind::Bool,
    doc: "Whether a step sees none that come after it. Then the block can stream; a stream sees as many steps as the input has.",
    default: "false",
    place: Place::Slot(CAUSAL),
};

/// The table entry of the encoder.
pub static ENCODER: LayerSpec = LayerSpec {
    doc: "A block of a transformer: self-attention, then two dense layers on each step, each with a way past it and a `LayerNorm`. The \
          heads share the features among them.",
    aliases: &[alias("TransformerEncoderLayer", "here it is `TransformerEncoder(heads, ffn)`")],
    snake: "transformer_encoder",
    type_args: &[TypeArg::InLast, TypeArg::Slot(HEADS), TypeArg::InLastOver(HEADS), TypeArg::Slot(FFN), TypeArg::Slot(CAUSAL)],
    positional: &[HEADS_ARG, FFN_ARG],
    options: &[
        CAUSAL_OPTION,
        MASK_OPTION,
        NORM_OPTION,
        ACTIVATION,
        DROPOUT_OPTION,
        ROTARY_OPTION,
        eps("Added to the variances of the norms.", "1e-5"),
        init("init", "The kernels' initialiser.", "GlorotUniform"),
    ],
    form: OptionsForm::Fields("TransformerOptions"),
    parameters: Some(encoder_parameters),
    ..LayerSpec::new("TransformerEncoder", "transformer", output, check)
};

/// The table entry of the decoder.
pub static DECODER: LayerSpec = LayerSpec {
    doc: "A block of a transformer: causal self-attention, attention to a memory, then two dense layers on each step, each with a way \
          past it and a `LayerNorm`. Without a memory it is `TransformerEncoder(.., causal = true)`. In a stream the memory stands \
          still: an input, or made of inputs that are read for nothing else; these are given whole.",
    aliases: &[alias("TransformerDecoderLayer", "here it is `TransformerDecoder(heads, ffn, memory)`")],
    snake: "transformer_decoder",
    type_args: &[TypeArg::InLast, TypeArg::SourceLast(MEMORY), TypeArg::Slot(HEADS), TypeArg::InLastOver(HEADS), TypeArg::Slot(FFN)],
    positional: &[
        HEADS_ARG,
        FFN_ARG,
        ArgSpec {
            name: "memory",
            kind: ValueKind::Name,
            place: Place::SourceAndSlot(MEMORY),
            default: None,
            what: "the name of the entry that is its memory",
            example: "encoded",
        },
    ],
    options: &[
        MASK_OPTION,
        NORM_OPTION,
        ACTIVATION,
        DROPOUT_OPTION,
        ROTARY_OPTION,
        eps("Added to the variances of the norms.", "1e-5"),
        init("init", "The kernels' initialiser.", "GlorotUniform"),
    ],
    form: OptionsForm::Fields("TransformerOptions"),
    parameters: Some(decoder_parameters),
    still: Some(MEMORY),
    ..LayerSpec::new("TransformerDecoder", "transformer", output, check)
};

/// The input's shape.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// An attention of all heads from `features` to `memory`, and its norm.
const fn attention(args: &Args, features: usize, memory: usize) -> usize {
    let (heads, key) = (args.sizes[HEADS], features / if args.sizes[HEADS] == 0 { 1 } else { args.sizes[HEADS] });
    count(features, memory, [heads, heads, key, key], true).saturating_add(features.saturating_mul(2))
}

/// The attention, the two dense layers and the norms.
pub const fn encoder_parameters(args: &Args, inputs: &[Dims]) -> usize {
    let (features, ffn) = (first(inputs).last(), args.sizes[FFN]);
    let dense = features.saturating_mul(ffn).saturating_mul(2).saturating_add(features).saturating_add(ffn);
    attention(args, features, features).saturating_add(dense).saturating_add(features.saturating_mul(2))
}

/// Those of the encoder, and of the attention to the memory.
pub const fn decoder_parameters(args: &Args, inputs: &[Dims]) -> usize {
    let memory = if inputs.len() > 1 { inputs[1].last() } else { first(inputs).last() };
    encoder_parameters(args, inputs).saturating_add(attention(args, first(inputs).last(), memory))
}

/// Needs a sequence whose features the heads can share, and what an attention needs.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    let (got, heads) = (first(inputs), args.sizes[HEADS]);
    if heads == 0 || args.sizes[FFN] == 0 {
        return Check::Fails(Problem::ZeroSize);
    }
    if let Check::Fails(problem) = sequence(&got) {
        return Check::Fails(problem);
    }
    if let Check::Fails(problem) = divides(Cut::Heads, heads, got.last()) {
        return Check::Fails(problem);
    }
    if args.or(ROTARY, 0) == 1
        && let Check::Fails(problem) = divides(Cut::Pairs, 2, got.last() / heads)
    {
        return Check::Fails(problem);
    }
    sources(args, inputs)
}
