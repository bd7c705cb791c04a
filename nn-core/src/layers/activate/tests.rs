use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, steps_as_the_whole, threads_agree};
use crate::shape::{Flat, Image, Seq};

const ALL: [Activation; 18] = [
    Activation::Linear,
    Activation::Relu,
    Activation::LeakyRelu(0.2),
    Activation::Elu(0.7),
    Activation::Selu,
    Activation::Celu(1.5),
    Activation::Gelu,
    Activation::GeluTanh,
    Activation::Sigmoid,
    Activation::HardSigmoid,
    Activation::Tanh,
    Activation::Softplus,
    Activation::Softsign,
    Activation::Silu,
    Activation::HardSwish,
    Activation::Mish,
    Activation::Softmax,
    Activation::LogSoftmax,
];

#[test]
fn gradients_are_the_differences_on_every_rank() {
    for activation in ALL {
        let check = |result: Result<(), crate::check::WrongGradient>| result.unwrap_or_else(|error| panic!("{activation:?}: {error}"));
        check(gradients::<Flat<7>, Flat<7>, _>(&mut Activate, &activation, 1));
        check(gradients::<Seq<3, 4>, Seq<3, 4>, _>(&mut Activate, &activation, 2));
        check(gradients::<Image<2, 3, 5>, Image<2, 3, 5>, _>(&mut Activate, &activation, 3));
    }
}

#[test]
fn the_same_alone_in_a_batch_and_step_by_step() {
    for activation in ALL {
        alone_as_in_a_batch::<f32, Seq<3, 17>, Seq<3, 17>, _>(&Activate, &activation);
        steps_as_the_whole::<f32, Seq<9, 17>, Seq<9, 17>, _>(&Activate, &activation);
        alone_as_in_a_batch::<f64, Flat<5>, Flat<5>, _>(&Activate, &activation);
        steps_as_the_whole::<f64, Seq<9, 3>, Seq<9, 3>, _>(&Activate, &activation);
    }
}

#[test]
fn threads_share_out_long_samples() {
    for activation in [Activation::Relu, Activation::Softmax] {
        alone_as_in_a_batch::<f32, Seq<40, 75>, Seq<40, 75>, _>(&Activate, &activation);
        threads_agree::<f32, Seq<40, 75>, Seq<40, 75>, _>(&Activate, &activation);
    }
}
