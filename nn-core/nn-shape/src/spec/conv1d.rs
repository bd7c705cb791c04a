//! `Conv1d`.

use super::common::{ACTIVATION, alias, first, init, wrong};
use super::conv2d::{BIAS, FILTERS, GROUPS_OPTION, checked, counted, kernel};
use super::table::{Args, LayerSpec, OptionsForm, Place, TypeArg, ValueKind};
use super::window::{self, DILATION, GROUPS, PADDING, SIZE, STRIDE, Window};
use crate::dims::Dims;
use crate::problem::{Check, Needs};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "A convolution over time of `[time, features]` (a cross-correlation, as in every library). With `padding = Causal` and a stride \
          of 1 it works on streams, step by step. Steps at the end that no window covers are left out.",
    aliases: &[alias("Conv1D", "here it is `Conv1d{args}`"), alias("Convolution1D", "here it is `Conv1d{args}`")],
    type_args: &[
        TypeArg::Slot(SIZE),
        TypeArg::InLastOver(GROUPS),
        TypeArg::OutLast,
        TypeArg::BiasLen,
        TypeArg::SlotOr(STRIDE, 1),
        TypeArg::SlotOr(DILATION, 1),
        TypeArg::SlotOr(PADDING, 0),
    ],
    positional: &[FILTERS, kernel(ValueKind::Size)],
    options: &[
        window::stride(ValueKind::Size, "1", Place::Slot(STRIDE)),
        window::PADDING_1D,
        window::dilation(ValueKind::Size, Place::Slot(DILATION)),
        GROUPS_OPTION,
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
    ..LayerSpec::new("Conv1d", "conv1d", output, check)
};

const fn windows(args: &Args) -> [Window; 2] {
    window::windows(args, [1, 1])
}

/// `[time, filters]`.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    let [time, _] = window::output(args, windows(args), first(inputs));
    Dims::seq(time, args.sizes[0])
}

/// The steps left out at the end.
pub const fn dropped(args: &Args, inputs: &[Dims]) -> [usize; 2] {
    window::dropped(args, windows(args), first(inputs))
}

/// The kernel `[length, features / groups, filters]` and the bias.
pub const fn parameters(args: &Args, inputs: &[Dims]) -> usize {
    counted(args, windows(args)[0].size, first(inputs))
}

/// Needs a sequence in which the kernel has a place, and groups that divide features and filters.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    let got = first(inputs);
    if got.rank() != 2 || got.is_tokens() {
        return wrong(Needs::Sequence, got);
    }
    checked(args, windows(args), got)
}
