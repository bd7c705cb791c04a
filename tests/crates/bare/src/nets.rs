//! The networks, and what comes out of them.

use crate::{CHECK, DIGITS};
use core::mem::ManuallyDrop;
use nn_core::{Network, State, StepWorkspace, Workspace, Zeroable, network};

network! {
    /// The network of `examples/02_digits.rs`. The crates that this file is part of embed its weights, each by a path of its own.
    pub struct DigitMlp {
        input: [64],
        hidden1: Dense(96), Relu,
        hidden2: Dense(64), BatchNorm, Relu,
        logits: Dense(10),
        Softmax,
    }
}

network! {
    /// One vector to another, in `f32` or `f64`.
    pub struct Classifier {
        input: [12],
        hidden: Dense(24), Relu,
        Dense(16), BatchNorm, Tanh,
        Residual { Dense(16), Sigmoid },
        Dropout(0.5),
        logits: Dense(5),
        Softmax,
    }
}

network! {
    /// Every other kind of layer and activation.
    pub struct Mixture {
        tokens: [u32; 6],
        Embedding(20, 8), Prelu,
        Dense(8, activation = Gelu), Dense(8, activation = Silu), Dense(8, activation = Softplus), Dense(8, activation = Mish),
        GlobalAvgPool,
        Dense(8, activation = Elu), Dense(8, activation = Selu), Dense(8, activation = Celu), Dense(8, activation = LeakyRelu(0.2)),
        Dense(8, activation = GeluTanh), Dense(8, activation = HardSwish), Dense(8, activation = Softsign),
        Dense(8, activation = HardSigmoid),
        Reshape([2, 4]), Flatten,
        Dense(80), Dense(70), Dense(3, activation = LogSoftmax),
    }
}

network! {
    /// Step by step.
    pub struct Filter {
        input: [16, 2],
        Dense(8), Tanh,
        Delay,
        Repeat(2) { Residual { Dense(8), Relu } },
        Dense(2), BatchNorm,
        Dense(1),
    }
}

/// A network of numbers between -0.5 and 0.5, without a pattern.
macro_rules! made_up {
    ($net:ty, $t:ty) => {{
        const COUNT: usize = size_of::<$net>() / size_of::<$t>();
        union Memory {
            numbers: [$t; COUNT],
            net: ManuallyDrop<$net>,
        }
        let mut numbers = [0.0; COUNT];
        let (mut i, mut bits) = (0, 1u32);
        while i < COUNT {
            bits = bits.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            numbers[i] = (bits >> 8) as $t / 16_777_216.0 - 0.5;
            i += 1;
        }
        // SAFETY: a network is numbers, and the padding between layers.
        ManuallyDrop::into_inner(unsafe { Memory { numbers }.net })
    }};
}

static CLASSIFIER: Classifier = {
    let mut net = made_up!(Classifier, f32);
    net.batch_norm.moving_variance.data.0 = [[0.25; 16]];
    net
};
static WIDE: Classifier<f64> = {
    let mut net = made_up!(Classifier<f64>, f64);
    net.batch_norm.moving_variance.data.0 = [[0.25; 16]];
    net
};
static MIXTURE: Mixture = made_up!(Mixture, f32);
static FILTER: Filter = {
    let mut net = made_up!(Filter, f32);
    net.batch_norm.moving_variance.data.0 = [[0.25; 2]];
    net
};

/// What the networks work in: no allocator, so all of it is one `static`.
pub struct Memory {
    digit: DigitMlpInput,
    digits: Workspace<DigitMlp>,
    classifier: Workspace<Classifier>,
    wide: Workspace<Classifier<f64>>,
    mixture: Workspace<Mixture>,
    filter: StepWorkspace<Filter>,
    state: State<Filter>,
}

impl Memory {
    /// Before the first call.
    pub const NEW: Self = Self {
        digit: DigitMlpInput::ZEROED,
        digits: Workspace::ZEROED,
        classifier: Workspace::ZEROED,
        wide: Workspace::ZEROED,
        mixture: Workspace::ZEROED,
        filter: StepWorkspace::ZEROED,
        state: State::<Filter>::ZEROED,
    };
}

/// Hands every output to `see`.
pub fn run(memory: &mut Memory, mut see: impl FnMut(f32)) {
    // NaN where the self-test fails. It leaves its input where it found room for it.
    let verified = CHECK.verify_in(&DIGITS, &mut memory.digit, &mut memory.digits).map_or(f32::NAN, |()| 0.0);
    DIGITS.predict(&memory.digit, &mut memory.digits).iter().for_each(|y| see(*y + verified));
    for sample in 0..3u8 {
        let x = [0.1, -0.2, 0.3, 0.5, -0.7, 0.9, -1.1, 1.3, 1.5, -1.7, 1.9, 2.1].map(|x| x * f32::from(sample));
        CLASSIFIER.predict(&x.into(), &mut memory.classifier).iter().for_each(|y| see(*y));
        WIDE.predict(&x.map(f64::from).into(), &mut memory.wide).iter().for_each(|y| see(*y as f32));
        let tokens = [3, 1, 4, 1, 5, 9].map(|id| id + u32::from(sample));
        MIXTURE.predict(&tokens, &mut memory.mixture).iter().for_each(|y| see(*y));
    }
    for step in 0..8u8 {
        let x = [f32::from(step), 1.0 - f32::from(step)];
        FILTER.step(&x.into(), &mut memory.state, &mut memory.filter).iter().for_each(|y| see(*y));
    }
}

/// What they must say.
#[rustfmt::skip]
pub const EXPECTED: [f32; 57] = [
    0.005441, 0.000253, 0.002322, 0.002698, 0.000211, 0.002114, 0.000043, 0.000236, 0.000996, 0.985687,   // DigitMlp
    0.042086, 0.194465, 0.379861, 0.244969, 0.138619,   // Classifier
    0.327719, 0.183089, 0.155416, 0.070318, 0.263458,   // Classifier<f64>
    -0.089972, -3.38444, -2.953689,   // Mixture
    0.014337, 0.083566, 0.376365, 0.386649, 0.139084,   // Classifier
    0.159661, 0.112786, 0.278504, 0.095211, 0.353838,   // Classifier<f64>
    -0.089972, -3.384436, -2.953695,   // Mixture
    0.010226, 0.091040, 0.329579, 0.404309, 0.164846,   // Classifier
    0.138590, 0.067529, 0.304780, 0.095462, 0.393639,   // Classifier<f64>
    -0.089972, -3.384435, -2.953693,   // Mixture
    0.202923, 0.173242, 0.210723, 0.246961, 0.263413, 0.268812, 0.269315, 0.269550,   // Filter
];
