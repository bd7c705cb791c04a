//! `SimpleRnn`.

use super::common::{UNITS, alias};
use super::recurrent::{
    self, ACTIVATION, BIAS, BIAS_INIT, DROPOUT, GO_BACKWARDS, INIT, INITIAL_STATE, MASK_OPTION, RECURRENT_DROPOUT, RECURRENT_INIT,
    RETURN_SEQUENCES, RETURN_STATE, TRUNCATE, ZERO_OUTPUT_FOR_MASK,
};
use super::table::{Args, LayerSpec, OptionsForm, TypeArg};
use crate::dims::Dims;
use crate::problem::Check;

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "A recurrent layer over `[time, features]`: `h = tanh(x W + h U + b)`.",
    aliases: &[
        alias("SimpleRNN", "here it is `SimpleRnn{args}`"),
        alias("RNN", "here it is `SimpleRnn{args}`"),
        alias("Rnn", "here it is `SimpleRnn{args}`"),
    ],
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
        BIAS,
        INIT,
        RECURRENT_INIT,
        BIAS_INIT,
        GO_BACKWARDS,
        DROPOUT,
        RECURRENT_DROPOUT,
        TRUNCATE,
        ZERO_OUTPUT_FOR_MASK,
    ],
    form: OptionsForm::Fields("SimpleRnnOptions"),
    parameters: Some(parameters),
    recurrent: true,
    still: Some(recurrent::INITIAL),
    ..LayerSpec::new("SimpleRnn", "simple_rnn", output, check)
};

/// `[time, units]`, `[units]`, or the state.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    recurrent::output(args, inputs, 1)
}

/// The kernel `[in, units]`, the recurrent kernel `[units, units]` and the bias.
pub const fn parameters(args: &Args, inputs: &[Dims]) -> usize {
    recurrent::parameters(args, inputs, 1, 1)
}

/// Needs a sequence, at least one unit, and what `mask` and `initial_state` name to be that.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    recurrent::check(args, inputs, 1)
}
