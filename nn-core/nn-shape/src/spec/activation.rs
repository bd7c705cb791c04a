//! The activation functions without parameters, all of the type `Activate`.

use super::common::{alias, first, numbers};
use super::table::{Alias, ArgSpec, Args, LayerSpec, OptionsForm, Place, ValueKind};
use crate::dims::Dims;
use crate::problem::Check;

/// The input's shape.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// Needs numbers.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    numbers(inputs)
}

const fn activation(name: &'static str, snake: &'static str, doc: &'static str, aliases: &'static [Alias]) -> LayerSpec {
    LayerSpec {
        snake,
        doc,
        aliases,
        layer: "Activate",
        form: OptionsForm::Activation,
        is_activation: true,
        pointwise: true,
        slope_of_output: true,
        ..LayerSpec::new(name, "activation", output, check)
    }
}

const fn number(name: &'static str, default: &'static str, what: &'static str) -> ArgSpec {
    let kind = ValueKind::Float(None);
    let default = Some(default);
    ArgSpec { name, kind, place: Place::Field, default, what, example: "0.1" }
}

/// `x`.
pub static LINEAR: LayerSpec = activation("Linear", "linear", "The identity, `x`.", &[alias("Identity", "here it is `Linear`")]);

/// `max(0, x)`.
pub static RELU: LayerSpec = activation("Relu", "relu", "`max(0, x)`.", &[alias("ReLU", "here it is `Relu`")]);

/// `x` above zero, `slope * x` below.
pub static LEAKY_RELU: LayerSpec = LayerSpec {
    slope_of_output: false,
    positional: &[number("slope", "0.3", "the slope below zero")],
    ..activation("LeakyRelu", "leaky_relu", "`x` above zero, `slope * x` below.", &[alias("LeakyReLU", "here it is `LeakyRelu{args}`")])
};

/// `x` above zero, `alpha * (exp(x) - 1)` below.
pub static ELU: LayerSpec = LayerSpec {
    slope_of_output: false,
    positional: &[number("alpha", "1.0", "the limit below zero")],
    ..activation("Elu", "elu", "`x` above zero, `alpha * (exp(x) - 1)` below.", &[alias("ELU", "here it is `Elu{args}`")])
};

/// The self-normalising scaled ELU.
pub static SELU: LayerSpec = activation("Selu", "selu", "The self-normalising, scaled ELU.", &[alias("SELU", "here it is `Selu`")]);

/// `max(0, x) + min(0, alpha * (exp(x / alpha) - 1))`.
pub static CELU: LayerSpec = LayerSpec {
    positional: &[number("alpha", "1.0", "the limit below zero")],
    ..activation("Celu", "celu", "`max(0, x) + min(0, alpha * (exp(x / alpha) - 1))`.", &[alias("CELU", "here it is `Celu{args}`")])
};

/// `x` times the normal distribution function of `x`.
pub static GELU: LayerSpec = LayerSpec {
    slope_of_output: false,
    ..activation(
        "Gelu",
        "gelu",
        "`x` times the normal distribution function of `x`, exact.",
        &[alias("GELU", "here it is `Gelu` (exact) or `GeluTanh`")],
    )
};

/// The tanh approximation of `Gelu`.
pub static GELU_TANH: LayerSpec =
    LayerSpec { slope_of_output: false, ..activation("GeluTanh", "gelu_tanh", "The usual approximation of `Gelu` by a tanh.", &[]) };

/// `1 / (1 + exp(-x))`.
pub static SIGMOID: LayerSpec =
    LayerSpec { head: true, ..activation("Sigmoid", "sigmoid", "`1 / (1 + exp(-x))`.", &[alias("Logistic", "here it is `Sigmoid`")]) };

/// `clamp(x / 6 + 1 / 2, 0, 1)`.
pub static HARD_SIGMOID: LayerSpec = activation(
    "HardSigmoid",
    "hard_sigmoid",
    "`x / 6 + 1 / 2`, kept between 0 and 1.",
    &[alias("Hardsigmoid", "here it is `HardSigmoid`")],
);

/// The hyperbolic tangent.
pub static TANH: LayerSpec = activation("Tanh", "tanh", "The hyperbolic tangent.", &[]);

/// `ln(1 + exp(x))`.
pub static SOFTPLUS: LayerSpec = activation("Softplus", "softplus", "`ln(1 + exp(x))`.", &[alias("SoftPlus", "here it is `Softplus`")]);

/// `x / (1 + |x|)`.
pub static SOFTSIGN: LayerSpec = activation("Softsign", "softsign", "`x / (1 + |x|)`.", &[alias("SoftSign", "here it is `Softsign`")]);

/// `x * sigmoid(x)`.
pub static SILU: LayerSpec = LayerSpec {
    slope_of_output: false,
    ..activation("Silu", "silu", "`x * sigmoid(x)`.", &[alias("SiLU", "here it is `Silu`"), alias("Swish", "here it is `Silu`")])
};

/// `x * hard_sigmoid(x)`.
pub static HARD_SWISH: LayerSpec = LayerSpec {
    slope_of_output: false,
    ..activation(
        "HardSwish",
        "hard_swish",
        "`x * hard_sigmoid(x)`.",
        &[alias("Hardswish", "here it is `HardSwish`"), alias("HardSilu", "here it is `HardSwish`")],
    )
};

/// `x * tanh(softplus(x))`.
pub static MISH: LayerSpec = LayerSpec { slope_of_output: false, ..activation("Mish", "mish", "`x * tanh(softplus(x))`.", &[]) };

/// Positive numbers that sum to one over the last axis.
pub static SOFTMAX: LayerSpec = LayerSpec {
    pointwise: false,
    head: true,
    ..activation("Softmax", "softmax", "`exp(x)`, scaled to sum to one over the last axis.", &[alias("SoftMax", "here it is `Softmax`")])
};

/// The logarithm of `Softmax`.
pub static LOG_SOFTMAX: LayerSpec = LayerSpec {
    pointwise: false,
    ..activation(
        "LogSoftmax",
        "log_softmax",
        "The logarithm of `Softmax`, computed in one go.",
        &[alias("LogSoftMax", "here it is `LogSoftmax`")],
    )
};
