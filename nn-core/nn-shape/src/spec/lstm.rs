//! `Lstm`.

use super::common::{UNITS, alias};
use super::recurrent::{
    self, ACTIVATION, BIAS, BIAS_INIT, DROPOUT, GO_BACKWARDS, INIT, INITIAL_STATE, MASK_OPTION, RECURRENT_ACTIVATION, RECURRENT_DROPOUT,
    RECURRENT_INIT, RETURN_SEQUENCES, RETURN_STATE, TRUNCATE, ZERO_OUTPUT_FOR_MASK,
};
use super::table::{Args, LayerSpec, OptionSpec, OptionsForm, Place, TypeArg, ValueKind};
use crate::dims::Dims;
use crate::problem::Check;

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Long short-term memory over `[time, features]`. Gates in the order input, forget, cell, output.",
    aliases: &[alias("LSTM", "here it is `Lstm{args}`"), alias("LSTMCell", "here it is `Lstm{args}`")],
    type_args: &[
        TypeArg::InLast,
        TypeArg::OutLast,
        TypeArg::BiasLen,
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
            key: "unit_forget_bias",
            kind: ValueKind::Bool,
            doc: "Whether the bias of the forget gate starts at 1.",
            default: "true",
            place: Place::Field,
        },
        GO_BACKWARDS,
        DROPOUT,
        RECURRENT_DROPOUT,
        TRUNCATE,
        ZERO_OUTPUT_FOR_MASK,
    ],
    form: OptionsForm::Fields("LstmOptions"),
    parameters: Some(parameters),
    recurrent: true,
    still: Some(recurrent::INITIAL),
    ..LayerSpec::new("Lstm", "lstm", output, check)
};

/// `[time, units]`, `[units]`, or the state.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    recurrent::output(args, inputs, 2)
}

/// The kernel `[in, 4 units]`, the recurrent kernel `[units, 4 units]` and the bias.
pub const fn parameters(args: &Args, inputs: &[Dims]) -> usize {
    recurrent::parameters(args, inputs, 4, 1)
}

/// Needs a sequence, at least one unit, and what `mask` and `initial_state` name to be that.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    recurrent::check(args, inputs, 2)
}
