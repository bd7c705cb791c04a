//! Benchmarks of `nn`; see `benches/`.

pub mod machine;
pub mod timing;

use nn::prelude::*;

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

/// `y = x w + bias`, as anybody would write it: the yardstick.
#[inline(never)]
pub fn naive_dense<const IN: usize, const OUT: usize>(x: &[f32; IN], w: &[[f32; OUT]; IN], bias: &[f32; OUT], y: &mut [f32; OUT]) {
    *y = *bias;
    for i in 0..IN {
        for o in 0..OUT {
            y[o] += x[i] * w[i][o];
        }
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
