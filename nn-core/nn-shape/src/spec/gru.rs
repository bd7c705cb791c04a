//! `Gru`.

use super::common::{UNITS, alias};
use super::recurrent::{
    self, ACTIVATION, BIAS, BIAS_INIT, DROPOUT, GO_BACKWARDS, INIT, INITIAL_STATE, MASK_OPTION, RECURRENT_ACTIVATION, RECURRENT_DROPOUT,
    RECURRENT_INIT, RETURN_SEQUENCES, RETURN_STATE, TRUNCATE, ZERO_OUTPUT_FOR_MASK,
};
use super::table::{Args, LayerSpec, OptionSpec, OptionsForm, Place, TypeArg, ValueKind};
use crate::dims::Dims;
use crate::problem::Check;

/// The slot of `reset_after`.
const RESET_AFTER: usize = 3;

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Gated recurrent units over `[time, features]`. Gates in the order update, reset, new.",
    aliases: &[alias("GRU", "here it is `Gru{args}`"), alias("GRUCell", "here it is `Gru{args}`")],
    type_args: &[
        TypeArg::InLast,
        TypeArg::OutLast,
        TypeArg::BiasLen,
        TypeArg::OneMore(RESET_AFTER, 1),
        TypeArg::SlotOr(recurrent::BACKWARDS, 0),
        TypeArg::SlotOr(recurrent::STATE, 0),
    ],
    positional: &[UNITS],
    options: &[
        RETURN_SEQUENCES,
        RETURN_STATE,
        MASK_OPTION,
        INITIAL_STATE,
        ACTIVATION,
        RECURRENT_ACTIVATION,
        BIAS,
        INIT,
        RECURRENT_INIT,
        BIAS_INIT,
        OptionSpec {
            key: "reset_after",
            kind: ValueKind::Bool,
            doc: "Whether the reset gate comes in after the recurrent product, which then has a bias of its own, or before (the paper).",
            default: "true",
            place: Place::Slot(RESET_AFTER),
        },
        GO_BACKWARDS,
        DROPOUT,
        RECURRENT_DROPOUT,
        TRUNCATE,
        ZERO_OUTPUT_FOR_MASK,
    ],
    form: OptionsForm::Fields("GruOptions"),
    parameters: Some(parameters),
    recurrent: true,
    still: Some(recurrent::INITIAL),
    ..LayerSpec::new("Gru", "gru", output, check)
};

/// `[time, units]`, `[units]`, or the state.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    recurrent::output(args, inputs, 1)
}

/// The kernel `[in, 3 units]`, the recurrent kernel `[units, 3 units]` and the biases.
pub const fn parameters(args: &Args, inputs: &[Dims]) -> usize {
    recurrent::parameters(args, inputs, 3, 1 + args.or(RESET_AFTER, 1))
}

/// Needs a sequence, at least one unit, and what `mask` and `initial_state` name to be that.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    recurrent::check(args, inputs, 1)
}
