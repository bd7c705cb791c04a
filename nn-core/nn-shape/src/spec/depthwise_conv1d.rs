//! `DepthwiseConv1d`.

use super::common::{ACTIVATION, alias, first, init};
use super::conv2d::{BIAS, kernel};
use super::depthwise_conv2d::MULTIPLIER;
use super::table::{ArgSpec, Args, LayerSpec, OptionsForm, Place, TypeArg, ValueKind};
use super::window::{self, DILATION, PADDING, SIZE, STRIDE, Window};
use crate::dims::Dims;
use crate::problem::{Check, Problem, sequence};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "A convolution over time of each feature of `[time, features]` on its own, which makes `multiplier` features of each. With \
          `padding = Causal` and a stride of 1 it works on streams, step by step. Steps at the end that no window covers are left out.",
    aliases: &[alias("DepthwiseConv1D", "here it is `DepthwiseConv1d{args}`")],
    type_args: &[
        TypeArg::Slot(SIZE),
        TypeArg::InLast,
        TypeArg::SlotOr(0, 1),
        TypeArg::OutLast,
        TypeArg::BiasLen,
        TypeArg::SlotOr(STRIDE, 1),
        TypeArg::SlotOr(DILATION, 1),
        TypeArg::SlotOr(PADDING, 0),
    ],
    positional: &[ArgSpec { example: "3", ..kernel(ValueKind::Size) }],
    options: &[
        MULTIPLIER,
        window::stride(ValueKind::Size, "1", Place::Slot(STRIDE)),
        window::PADDING_1D,
        window::dilation(ValueKind::Size, Place::Slot(DILATION)),
        window::EDGE_OPTION,
        BIAS,
        init("init", "The kernel's initialiser.", "GlorotUniform"),
        init("bias_init", "The bias's initialiser.", "Zeros"),
        ACTIVATION,
    ],
    form: OptionsForm::Fields("Conv1dOptions"),
    parameters: Some(parameters),
    fuses_activation: true,
    dropped: Some(dropped),
    ..LayerSpec::new("DepthwiseConv1d", "depthwise_conv1d", output, check)
};

const fn windows(args: &Args) -> [Window; 2] {
    window::windows(args, [1, 1])
}

/// `[time, features * multiplier]`.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    let input = first(inputs);
    let [time, _] = window::output(args, windows(args), input);
    let features = match args.or(0, 1) {
        1 => input.last(),
        multiplier => input.last().saturating_mul(multiplier),
    };
    Dims::seq(time, features)
}

/// The steps left out at the end.
pub const fn dropped(args: &Args, inputs: &[Dims]) -> [usize; 2] {
    window::dropped(args, windows(args), first(inputs))
}

/// The kernel `[length, features, multiplier]` and the bias.
pub const fn parameters(args: &Args, inputs: &[Dims]) -> usize {
    let bias = if args.bias { 1 } else { 0 };
    windows(args)[0].size.saturating_add(bias).saturating_mul(first(inputs).last()).saturating_mul(args.or(0, 1))
}

/// Needs a sequence in which the kernel has a place.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    match sequence(&first(inputs)) {
        Check::Fits if args.or(0, 1) == 0 => Check::Fails(Problem::ZeroOption { what: "multiplier" }),
        Check::Fits => window::check(args, windows(args), first(inputs), "kernel"),
        wrong @ Check::Fails(_) => wrong,
    }
}
