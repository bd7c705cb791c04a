//! Benchmarks of `nn`; see `benches/`.

pub mod classics;
pub mod machine;
pub mod naive;
pub mod report;
pub mod timing;

use nn::prelude::*;
use nn::train::Dataset;

network! {
    /// The MLP of the MNIST tutorial.
    pub struct Mnist {
        input: [784],
        hidden1: Dense(512), Relu, Dropout(0.2),
        hidden2: Dense(512, l2 = 1e-3), BatchNorm, Relu, Dropout(0.2),
        logits: Dense(10),
        Softmax,
    }
}

network! {
    /// A small controller.
    pub struct Controller {
        input: [16],
        Dense(64), Relu,
        Dense(64), Relu,
        Dense(4),
    }
}

network! {
    /// A tiny controller with saturating activations.
    pub struct Tiny {
        input: [4],
        Dense(16), Tanh,
        Dense(16), Tanh,
        Dense(2),
    }
}

/// Made-up digits: the time of a step does not depend on what they show.
pub struct Noise;

impl Dataset<f32, nn::Flat<784>, u32> for Noise {
    fn len(&self) -> usize {
        128
    }
    fn input(&self, index: usize, x: &mut MnistInput) {
        for (i, x) in x.iter_mut().enumerate() {
            *x = ((i * 31 + index * 17) % 256) as f32 / 255.0;
        }
    }
    fn target(&self, index: usize, y: &mut u32) {
        *y = index as u32 % 10;
    }
}
