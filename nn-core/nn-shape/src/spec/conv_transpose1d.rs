//! `ConvTranspose1d`.

use super::common::{ACTIVATION, alias, first, init};
use super::conv_transpose2d::{ADDED, outputs};
use super::conv2d::{BIAS, FILTERS, kernel};
use super::table::{Args, LayerSpec, OptionSpec, OptionsForm, Place, TypeArg, ValueKind};
use super::window::{self, DILATION, SIZE, STRIDE};
use crate::dims::Dims;
use crate::problem::{Check, Problem, sequence};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "A transposed convolution over time of `[time, features]`: the way back of a `Conv1d` of the same options, as a layer. A stride \
          makes the sequence longer.",
    aliases: &[
        alias("Conv1DTranspose", "here it is `ConvTranspose1d{args}`"),
        alias("Conv1dTranspose", "here it is `ConvTranspose1d{args}`"),
        alias("Deconv1d", "here it is `ConvTranspose1d{args}`"),
    ],
    type_args: &[TypeArg::Slot(SIZE), TypeArg::InLast, TypeArg::OutLast, TypeArg::BiasLen],
    positional: &[FILTERS, kernel(ValueKind::Size)],
    options: &[
        OptionSpec {
            doc: "How far the window moves over the output from one input to the next.",
            ..window::stride(ValueKind::Size, "1", Place::SlotAndField(STRIDE))
        },
        OptionSpec {
            doc: "What is cut off the output. `Valid`: nothing. `Same`: as much that the input times the stride comes out. Or, as in \
                  PyTorch, a size for both ends, or `(before, after)`.",
            ..window::POOL_PADDING_1D
        },
        window::dilation(ValueKind::Size, Place::SlotAndField(DILATION)),
        OptionSpec {
            key: "output_padding",
            kind: ValueKind::Size,
            doc: "Steps more at the end of the output.",
            default: "0",
            place: Place::Slot(ADDED),
        },
        BIAS,
        init("init", "The kernel's initialiser.", "GlorotUniform"),
        init("bias_init", "The bias's initialiser.", "Zeros"),
        ACTIVATION,
    ],
    form: OptionsForm::Fields("ConvTranspose1dOptions"),
    parameters: Some(parameters),
    fuses_activation: true,
    ..LayerSpec::new("ConvTranspose1d", "conv_transpose1d", output, check)
};

/// `[time, filters]`.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    Dims::seq(outputs(args, 0, first(inputs).dim(0)), args.sizes[0])
}

/// The kernel `[length, filters, features]` and the bias.
pub const fn parameters(args: &Args, inputs: &[Dims]) -> usize {
    let bias = if args.bias { 1 } else { 0 };
    args.or(SIZE, 1).saturating_mul(first(inputs).last()).saturating_add(bias).saturating_mul(args.sizes[0])
}

/// Needs a sequence, and a padding that leaves something.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    let found = sequence(&first(inputs));
    let Check::Fits = found else { return found };
    if args.sizes[0] == 0 {
        return Check::Fails(Problem::ZeroSize);
    }
    let found = window::nonzero(window::windows(args, [1, 1]), "kernel");
    let Check::Fits = found else { return found };
    let made = output(args, inputs);
    if made.dim(0) == 0 { Check::Fails(Problem::EmptyShape { shape: made }) } else { Check::Fits }
}
