//! `SeparableConv2d`.

use super::common::{ACTIVATION, alias, first, init};
use super::conv2d::{BIAS, FILTERS, kernel};
use super::table::{Args, LayerSpec, OptionSpec, OptionsForm, Place, TypeArg, ValueKind};
use super::window::{self, DILATION, SIZE, STRIDE, Window};
use crate::dims::Dims;
use crate::problem::{Check, Problem};

/// The slot of the multiplier.
const MULTIPLIER: usize = 12;

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "A convolution over height and width of each channel of `[h, w, channels]` on its own, and then one of 1 x 1 over all channels that \
          mixes them. Rows and columns at the end that no window covers are left out.",
    aliases: &[alias("SeparableConv2D", "here it is `SeparableConv2d{args}`")],
    type_args: &[
        TypeArg::Slot(SIZE),
        TypeArg::Slot(SIZE + 1),
        TypeArg::InLast,
        TypeArg::SlotOr(MULTIPLIER, 1),
        TypeArg::InLastTimes(MULTIPLIER),
        TypeArg::OutLast,
        TypeArg::BiasLen,
    ],
    positional: &[FILTERS, kernel(ValueKind::Pair)],
    options: &[
        OptionSpec {
            doc: "How many channels the first part makes of each.",
            place: Place::Slot(MULTIPLIER),
            ..super::depthwise_conv2d::MULTIPLIER
        },
        window::stride(ValueKind::Pair, "1", Place::SlotAndField(STRIDE)),
        window::PADDING_2D,
        window::dilation(ValueKind::Pair, Place::SlotAndField(DILATION)),
        window::EDGE_OPTION,
        BIAS,
        init("init", "The kernels' initialiser.", "GlorotUniform"),
        init("bias_init", "The bias's initialiser.", "Zeros"),
        ACTIVATION,
    ],
    form: OptionsForm::Fields("Conv2dOptions"),
    parameters: Some(parameters),
    fuses_activation: true,
    dropped: Some(dropped),
    ..LayerSpec::new("SeparableConv2d", "separable_conv2d", output, check)
};

const fn windows(args: &Args) -> [Window; 2] {
    window::windows(args, [1, 1])
}

/// `[h, w, filters]`.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    let [h, w] = window::output(args, windows(args), first(inputs));
    Dims::image(h, w, args.sizes[0])
}

/// The rows and columns left out at the end.
pub const fn dropped(args: &Args, inputs: &[Dims]) -> [usize; 2] {
    window::dropped(args, windows(args), first(inputs))
}

/// The kernels `[height, width, channels, multiplier]` and `[1, 1, channels * multiplier, filters]`, and the bias.
pub const fn parameters(args: &Args, inputs: &[Dims]) -> usize {
    let ([h, w], filters) = (windows(args), args.sizes[0]);
    let middle = first(inputs).last().saturating_mul(args.or(MULTIPLIER, 1));
    let mix = middle.saturating_add(if args.bias { 1 } else { 0 }).saturating_mul(filters);
    h.size.saturating_mul(w.size).saturating_mul(middle).saturating_add(mix)
}

/// Needs an image in which the kernel has a place.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    match window::image(inputs) {
        Check::Fits if args.sizes[0] == 0 => Check::Fails(Problem::ZeroSize),
        Check::Fits if args.or(MULTIPLIER, 1) == 0 => Check::Fails(Problem::ZeroOption { what: "multiplier" }),
        Check::Fits => window::check(args, windows(args), first(inputs), "kernel"),
        wrong @ Check::Fails(_) => wrong,
    }
}
