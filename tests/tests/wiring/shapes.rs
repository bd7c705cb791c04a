//! The usual shapes of networks: U-Net, residual stages with projections, heads on a trunk, several inputs and outputs, and bodies
//! on each step.

use super::{gradients, names};
use nn::prelude::*;

network! {
    /// A U-Net over time: twice half as long and twice as wide, and back, with what is lost on the way joined again.
    pub struct UNet {
        input: [8, 2],
        high: Dense(4, activation = Tanh),
        Reshape([4, 8]),
        middle: Dense(6, activation = Tanh),
        Reshape([2, 12]),
        bottom: { Dense(8), Tanh, Dense(12) },
        Reshape([4, 6]),
        Concat(middle),
        Dense(8, activation = Elu),
        Reshape([8, 4]),
        Concat(high),
        Dense(3),
    }
}

network! {
    /// A stage of a residual network: the first block changes the width, so its shortcut is projected.
    pub struct Stage {
        input: [3, 4],
        main: { Dense(6), BatchNorm, Elu, Dense(6), BatchNorm },
        shortcut: Block(from = input) { Dense(6, bias = false), BatchNorm },
        Add(main), Elu,
        Repeat(2) { Residual { Dense(6), BatchNorm, Elu, Dense(6), BatchNorm }, Elu },
        GlobalAvgPool,
        Dense(2),
    }
}

network! {
    /// Two heads on one trunk.
    pub struct Heads {
        input: [6],
        trunk: { Dense(8), Relu, Residual { Dense(8), Tanh } },
        policy: { Dense(5), Relu, Dense(3), LogSoftmax },
        value: Block(from = trunk) { Dense(4), Tanh, Dense(1) },
        output: { policy, value },
    }
}

network! {
    /// Several inputs, each through its own block, together at the end.
    pub struct Fusion {
        input: { picture: [2, 3, 4], words: [u32; 5], meta: [3] },
        seen: Block(from = picture) { BatchNorm, Relu, GlobalAvgPool, Dense(4) },
        read: Block(from = words) { Embedding(9, 6), TimeDistributed { Dense(5), Tanh }, GlobalAvgPool, Dense(4) },
        known: Dense(4, activation = Tanh, from = meta),
        gate: Sigmoid(from = known),
        Mul(gate, from = seen),
        Concat(read, known, meta),
        Residual { Parallel(merge = Add) { Dense(15), { Dense(2), Dense(15) } } },
        Dense(2),
    }
}

network! {
    /// On each step: of a sequence, of an image, with what is within; blocks in blocks in blocks.
    pub struct Steps {
        input: [3, 4],
        TimeDistributed { Dense(6), BatchNorm, Residual { Dense(6), Elu }, Repeat(2) { Dense(6), Tanh } },
        each: TimeDistributed { Reshape([2, 3]), Dense(4), TimeDistributed { Dense(2), Parallel { Linear, Dense(1) } } },
        TimeDistributed { GlobalAvgPool, outer: { inner: { Dense(2), deep: { Parallel(merge = Mul) { Tanh, Sigmoid } } } } },
        Residual { Delay, TimeDistributed { Dense(2) } },
        Parallel { TimeDistributed { Dense(3) }, Residual { BatchNorm, Prelu(init = Constant(0.2)) } },
    }
}

#[test]
fn gradients_of_whole_networks() {
    gradients::<UNet<f64>>();
    gradients::<Stage<f64>>();
    gradients::<Steps<f64>>();
}

/// Of several inputs and outputs, by the parameters that each of them passes through.
#[test]
fn gradients_of_several_inputs() {
    let mut net = <Fusion<f64> as Network>::new(3);
    let mut x = nn::__private::Box::new((
        [[nalgebra::SMatrix::<f64, 4, 3>::zeros(); 2]; 3],
        [[0u32; 5]; 3],
        [nalgebra::SVector::<f64, 3>::zeros(); 3],
    ));
    for (i, image) in x.0.iter_mut().flatten().enumerate() {
        image.iter_mut().enumerate().for_each(|(k, x)| *x = ((5 * i + 3 * k) as f64).sin());
    }
    x.1 = [[1, 8, 0, 3, 3], [2, 2, 5, 7, 4], [6, 1, 0, 8, 8]];
    for (i, meta) in x.2.iter_mut().enumerate() {
        meta.iter_mut().enumerate().for_each(|(k, x)| *x = ((7 * i + k) as f64).cos());
    }
    type In = <Fusion<f64> as Network>::In;
    nn::check::parameter_gradients::<In, nn::Flat<2>, Fusion<f64>>(&mut net, &(), &x, 1).unwrap();
}

#[test]
fn names_follow_the_blocks() {
    let names = names::<Steps>();
    for name in [
        "time_distributed.dense.kernel",
        "time_distributed.residual.dense.bias",
        "time_distributed.repeat.1.dense.kernel",
        "each.time_distributed.parallel.dense.kernel",
        "time_distributed_2.outer.inner.dense.kernel",
        "residual.time_distributed.dense.kernel",
        "parallel.time_distributed.dense.bias",
        "parallel.residual.prelu.alpha",
    ] {
        assert!(names.contains(&name.to_owned()), "{name} is not in {names:?}");
    }
}

#[test]
fn the_summary_shows_what_is_inside() {
    let summary = UNet::summary().to_string();
    for part in ["bottom (Block)", "concat (Concat)", "reshape_3, middle", "(8, 8)"] {
        assert!(summary.contains(part), "{part}\n{summary}");
    }
    let summary = Steps::summary().to_string();
    for part in ["time_distributed (TimeDistributed)", "parallel (Parallel)", "residual (Residual)"] {
        assert!(summary.contains(part), "{part}\n{summary}");
    }
    assert!(Heads::summary().to_string().contains("trunk"));
}
