//! `Dense`.

use super::common::{ACTIVATION, UNITS, alias, first, init, numbers};
use super::table::{Args, LayerSpec, OptionSpec, OptionsForm, Place, TypeArg, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Problem};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "A fully connected layer, `y = x W + b`. On `[time, features]` it is applied to each step.",
    aliases: &[
        alias("Linear", "here it is `Dense{args}`"),
        alias("FullyConnected", "here it is `Dense{args}`"),
        alias("Fc", "here it is `Dense{args}`"),
        alias("FC", "here it is `Dense{args}`"),
    ],
    type_args: &[TypeArg::InLast, TypeArg::OutLast, TypeArg::BiasLen],
    positional: &[UNITS],
    options: &[
        OptionSpec { key: "bias", kind: ValueKind::Bool, doc: "Whether a bias is added.", default: "true", place: Place::Bias },
        init("init", "The kernel's initialiser.", "GlorotUniform"),
        init("bias_init", "The bias's initialiser.", "Zeros"),
        ACTIVATION,
    ],
    form: OptionsForm::Fields("DenseOptions"),
    parameters: Some(parameters),
    fuses_activation: true,
    ..LayerSpec::new("Dense", "dense", output, check)
};

/// `[units]`, or `[time, units]`.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    let input = first(inputs);
    if input.rank() == 2 { input.with_last(args.sizes[0]) } else { Dims::flat(args.sizes[0]) }
}

/// The kernel `[in, units]` and the bias.
pub const fn parameters(args: &Args, inputs: &[Dims]) -> usize {
    let bias = if args.bias { 1 } else { 0 };
    first(inputs).last().saturating_add(bias).saturating_mul(args.sizes[0])
}

/// Needs numbers of rank 1 or 2 and at least one unit.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    let got = first(inputs);
    if args.sizes[0] == 0 {
        Check::Fails(Problem::ZeroSize)
    } else if got.rank() == 3 {
        Check::Fails(Problem::DenseOnImage { got })
    } else {
        numbers(inputs)
    }
}
