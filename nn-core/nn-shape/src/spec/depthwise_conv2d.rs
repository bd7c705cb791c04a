//! `DepthwiseConv2d`.

use super::common::{ACTIVATION, alias, first, init};
use super::conv2d::{BIAS, kernel};
use super::table::{Args, LayerSpec, OptionSpec, OptionsForm, Place, TypeArg, ValueKind};
use super::window::{self, DILATION, SIZE, STRIDE, Window};
use crate::dims::Dims;
use crate::problem::{Check, Problem};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "A convolution over height and width of each channel of `[h, w, channels]` on its own, which makes `multiplier` channels of each. A \
          `Conv2d(filters, 1)` after it mixes them: together they are a `SeparableConv2d`. Rows and columns at the end that no window \
          covers are left out.",
    aliases: &[alias("DepthwiseConv2D", "here it is `DepthwiseConv2d{args}`")],
    type_args: &[TypeArg::Slot(SIZE), TypeArg::Slot(SIZE + 1), TypeArg::InLast, TypeArg::SlotOr(0, 1), TypeArg::OutLast, TypeArg::BiasLen],
    positional: &[kernel(ValueKind::Pair)],
    options: &[
        MULTIPLIER,
        window::stride(ValueKind::Pair, "1", Place::SlotAndField(STRIDE)),
        window::PADDING_2D,
        window::dilation(ValueKind::Pair, Place::SlotAndField(DILATION)),
        window::EDGE_OPTION,
        BIAS,
        init("init", "The kernel's initialiser.", "GlorotUniform"),
        init("bias_init", "The bias's initialiser.", "Zeros"),
        ACTIVATION,
    ],
    form: OptionsForm::Fields("Conv2dOptions"),
    parameters: Some(parameters),
    fuses_activation: true,
    dropped: Some(dropped),
    ..LayerSpec::new("DepthwiseConv2d", "depthwise_conv2d", output, check)
};

/// `multiplier = ..`.
pub(super) const MULTIPLIER: OptionSpec = OptionSpec {
    key: "multiplier",
    kind: ValueKind::Size,
    doc: "How many channels are made of each.",
    default: "1",
    place: Place::Slot(0),
};

const fn windows(args: &Args) -> [Window; 2] {
    window::windows(args, [1, 1])
}

/// `[h, w, channels * multiplier]`.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    let input = first(inputs);
    let [h, w] = window::output(args, windows(args), input);
    let channels = match args.or(0, 1) {
        1 => input.last(),
        multiplier => input.last().saturating_mul(multiplier),
    };
    Dims::image(h, w, channels)
}

/// The rows and columns left out at the end.
pub const fn dropped(args: &Args, inputs: &[Dims]) -> [usize; 2] {
    window::dropped(args, windows(args), first(inputs))
}

/// The kernel `[height, width, channels, multiplier]` and the bias.
pub const fn parameters(args: &Args, inputs: &[Dims]) -> usize {
    let [h, w] = windows(args);
    let bias = if args.bias { 1 } else { 0 };
    h.size.saturating_mul(w.size).saturating_add(bias).saturating_mul(first(inputs).last()).saturating_mul(args.or(0, 1))
}

/// Needs an image in which the kernel has a place.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    match window::image(inputs) {
        Check::Fits if args.or(0, 1) == 0 => Check::Fails(Problem::ZeroOption { what: "multiplier" }),
        Check::Fits => window::check(args, windows(args), first(inputs), "kernel"),
        wrong @ Check::Fails(_) => wrong,
    }
}
