//! `Conv2d`.

use super::common::{ACTIVATION, alias, first, init};
use super::table::{ArgSpec, Args, LayerSpec, OptionSpec, OptionsForm, Place, TypeArg, ValueKind};
use super::window::{self, DILATION, GROUPS, SIZE, STRIDE, Window};
use crate::dims::Dims;
use crate::problem::{Check, Problem};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "A convolution over height and width of `[h, w, channels]` (a cross-correlation, as in every library). With `groups`, each \
          group of filters sees its own part of the channels. Rows and columns at the end that no window covers are left out.",
    aliases: &[
        alias("Conv2D", "here it is `Conv2d{args}`"),
        alias("Convolution2D", "here it is `Conv2d{args}`"),
        alias("Conv", "here it is `Conv2d{args}`"),
    ],
    type_args: &[TypeArg::Slot(SIZE), TypeArg::Slot(SIZE + 1), TypeArg::InLastOver(GROUPS), TypeArg::OutLast, TypeArg::BiasLen],
    positional: &[FILTERS, kernel(ValueKind::Pair)],
    options: &[
        window::stride(ValueKind::Pair, "1", Place::SlotAndField(STRIDE)),
        window::PADDING_2D,
        window::dilation(ValueKind::Pair, Place::SlotAndField(DILATION)),
        GROUPS_OPTION,
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
    ..LayerSpec::new("Conv2d", "conv2d", output, check)
};

/// The number of filters as the first argument.
pub(super) const FILTERS: ArgSpec = ArgSpec {
    name: "filters",
    kind: ValueKind::Size,
    place: Place::Slot(0),
    default: None,
    what: "the number of output channels",
    example: "32, 3",
};

/// The size of the kernel as the second argument.
pub(super) const fn kernel(kind: ValueKind) -> ArgSpec {
    ArgSpec { name: "kernel", kind, place: Place::Slot(SIZE), default: None, what: "the size of the kernel", example: "32, 3" }
}

/// `bias = ..`.
pub(super) const BIAS: OptionSpec =
    OptionSpec { key: "bias", kind: ValueKind::Bool, doc: "Whether a bias is added.", default: "true", place: Place::Bias };

/// `groups = ..`.
pub(super) const GROUPS_OPTION: OptionSpec = OptionSpec {
    key: "groups",
    kind: ValueKind::Size,
    doc: "In how many groups channels and filters are divided; each group of filters sees its own group of channels.",
    default: "1",
    place: Place::Slot(GROUPS),
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

/// The kernel `[height, width, channels / groups, filters]` and the bias.
pub const fn parameters(args: &Args, inputs: &[Dims]) -> usize {
    let [h, w] = windows(args);
    counted(args, h.size.saturating_mul(w.size), first(inputs))
}

/// The parameters of a convolution whose window has so many taps.
pub(super) const fn counted(args: &Args, taps: usize, input: Dims) -> usize {
    let groups = args.or(GROUPS, 1);
    let channels = input.last() / if groups == 0 { 1 } else { groups };
    let bias = if args.bias { 1 } else { 0 };
    taps.saturating_mul(channels).saturating_add(bias).saturating_mul(args.sizes[0])
}

/// Needs an image in which the kernel has a place, and groups that divide channels and filters.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    match window::image(inputs) {
        Check::Fits => checked(args, windows(args), first(inputs)),
        wrong @ Check::Fails(_) => wrong,
    }
}

/// The check of a convolution on an input of the right rank.
pub(super) const fn checked(args: &Args, windows: [Window; 2], input: Dims) -> Check {
    let (filters, groups, channels) = (args.sizes[0], args.or(GROUPS, 1), input.last());
    if filters == 0 {
        return Check::Fails(Problem::ZeroSize);
    }
    if groups == 0 {
        return Check::Fails(Problem::ZeroOption { what: "number of groups" });
    }
    if channels % groups != 0 || filters % groups != 0 {
        return Check::Fails(Problem::Groups { groups, channels, filters });
    }
    window::check(args, windows, input, "kernel")
}
