//! What may be written in more than one way, and what may be left out.

use nn::prelude::*;

// On one line, without the last comma; with it.
network! { struct Short { input: [4], Dense(3), Relu } }
#[rustfmt::skip]
network! { struct Long { input: [4,], Dense(3,), Relu(), } }

network! {
    /// Every number is a size or a rate somewhere.
    #[allow(clippy::large_stack_arrays, deprecated)]
    pub struct Options {
        input: [0x10],
        /// Documented.
        /// In two lines.
        #[allow(dead_code)]
        named: Dense(units = 1_6usize, bias = false, init = Uniform(-1e-2, 0.01), l2 = 1, trainable = false),
        Dense(16, activation = Gelu, init = Orthogonal, bias_init = Constant(1)), Dropout(rate = 0.5), Dropout(0),
        LeakyRelu, LeakyRelu(0.2), LeakyRelu(slope = 0.2), Elu(alpha = 1.0),
        BatchNorm(eps = 1e-5, momentum = 0.9) -> [16],
        Dense(2 * HALF, init = self::MINE, l1 = PENALTY), last: Dense({ 2 * HALF }, init = nn::Initializer::Zeros),
        sum: Add(named), Relu(from = sum), Add(last),
        r#final: Tanh,
        output: r#final,
    }
}

const HALF: usize = 8;
const PENALTY: f64 = 1e-4;
const MINE: Initializer = Initializer::Constant(0.5);

#[test]
fn spellings_agree() {
    assert_eq!(Short::PARAMS, Long::PARAMS);
    assert_eq!(Options::PARAMS, 16 * 16 + 3 * (16 * 16 + 16) + 64);
    let net = Options::new(1);
    assert_eq!(net.dense_2.kernel[(3, 4)], 0.5);
}
