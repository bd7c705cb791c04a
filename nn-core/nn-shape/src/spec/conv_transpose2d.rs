//! `ConvTranspose2d`.

use super::common::{ACTIVATION, alias, first, init};
use super::conv2d::{BIAS, FILTERS, kernel};
use super::table::{Args, LayerSpec, OptionSpec, OptionsForm, Padding, Place, TypeArg, ValueKind};
use super::window::{self, DILATION, PADDING, SIZE, STRIDE, Window};
use crate::dims::Dims;
use crate::problem::{Check, Problem};

/// The slot of the added rows; the next one has the added columns.
pub(super) const ADDED: usize = 14;

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "A transposed convolution over height and width of `[h, w, channels]`: the way back of a `Conv2d` of the same options, as a layer. \
          A stride makes the image larger.",
    aliases: &[
        alias("Conv2DTranspose", "here it is `ConvTranspose2d{args}`"),
        alias("Conv2dTranspose", "here it is `ConvTranspose2d{args}`"),
        alias("Deconv2d", "here it is `ConvTranspose2d{args}`"),
    ],
    type_args: &[TypeArg::Slot(SIZE), TypeArg::Slot(SIZE + 1), TypeArg::InLast, TypeArg::OutLast, TypeArg::BiasLen],
    positional: &[FILTERS, kernel(ValueKind::Pair)],
    options: &[
        OptionSpec {
            doc: "How far the window moves over the output from one input to the next.",
            ..window::stride(ValueKind::Pair, "1", Place::SlotAndField(STRIDE))
        },
        OptionSpec {
            doc: "What is cut off the output. `Valid`: nothing. `Same`: as much that the input times the stride comes out. Or, as in \
                  PyTorch, a size for all sides, `(vertical, horizontal)` or `(top, bottom, left, right)`.",
            ..window::PADDING_2D
        },
        window::dilation(ValueKind::Pair, Place::SlotAndField(DILATION)),
        OptionSpec {
            key: "output_padding",
            kind: ValueKind::Pair,
            doc: "Rows and columns more at the end of the output.",
            default: "0",
            place: Place::Slot(ADDED),
        },
        BIAS,
        init("init", "The kernel's initialiser.", "GlorotUniform"),
        init("bias_init", "The bias's initialiser.", "Zeros"),
        ACTIVATION,
    ],
    form: OptionsForm::Fields("Conv2dOptions"),
    parameters: Some(parameters),
    fuses_activation: true,
    ..LayerSpec::new("ConvTranspose2d", "conv_transpose2d", output, check)
};

const fn windows(args: &Args) -> [Window; 2] {
    window::windows(args, [1, 1])
}

/// The outputs along an axis.
pub(super) const fn outputs(args: &Args, axis: usize, inputs: usize) -> usize {
    let window = windows(args)[axis];
    let cut = match args.padding(PADDING) {
        Padding::Explicit([top, bottom, left, right]) => {
            if axis == 0 {
                top.saturating_add(bottom)
            } else {
                left.saturating_add(right)
            }
        }
        _ => 0,
    };
    let same = matches!(args.padding(PADDING), Padding::Same);
    let steps = if window.stride == 1 { inputs } else { inputs.saturating_mul(window.stride) };
    let more = if same { 0 } else { window.reach().saturating_sub(window.stride) };
    // PyTorch counts from the last window, Keras never less than the strides.
    let steps = if matches!(args.padding(PADDING), Padding::Explicit(_)) {
        steps.saturating_sub(window.stride.saturating_sub(window.reach()))
    } else {
        steps
    };
    steps.saturating_add(more).saturating_sub(cut).saturating_add(args.or(ADDED + axis, 0))
}

/// `[h, w, filters]`.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    let input = first(inputs);
    Dims::image(outputs(args, 0, input.dim(0)), outputs(args, 1, input.dim(1)), args.sizes[0])
}

/// The kernel `[height, width, filters, channels]` and the bias.
pub const fn parameters(args: &Args, inputs: &[Dims]) -> usize {
    let [h, w] = windows(args);
    let bias = if args.bias { 1 } else { 0 };
    h.size.saturating_mul(w.size).saturating_mul(first(inputs).last()).saturating_add(bias).saturating_mul(args.sizes[0])
}

/// Needs an image, and a padding that leaves something.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    let found = window::image(inputs);
    let Check::Fits = found else { return found };
    if args.sizes[0] == 0 {
        return Check::Fails(Problem::ZeroSize);
    }
    let found = window::nonzero(windows(args), "kernel");
    let Check::Fits = found else { return found };
    let made = output(args, inputs);
    if made.dim(0) == 0 || made.dim(1) == 0 {
        return Check::Fails(Problem::EmptyShape { shape: made });
    }
    Check::Fits
}
