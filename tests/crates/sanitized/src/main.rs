//! Predictions and steps under the real-time sanitizer, which ends the process at the first allocation, lock or system call inside.
//! With the argument `control` there is one.
#![feature(sanitize)]
#![deny(warnings)]

#[allow(dead_code, reason = "what they must say is not asked here")]
#[path = "../../bare/src/nets.rs"]
mod nets;

nn_core::embed! {
    /// Trained.
    static DIGITS: nets::DigitMlp = "../../../weights/digits.safetensors";
    /// A digit, and what the network says of it.
    static CHECK: nn_core::weights::SelfTest<nets::DigitMlp> = "../../../weights/digits.safetensors";
}

use nn_core::{Workspace, network};
use std::hint::black_box;

network! {
    /// Large enough for every way to multiply.
    pub struct Mlp {
        input: [784],
        Dense(512), Relu,
        Dense(512), BatchNorm, Tanh,
        Dense(10),
        Softmax,
    }
}

fn main() {
    let (mut memory, net, mut workspace) = (Box::new(nets::Memory::NEW), Mlp::new(1), Mlp::workspace());
    // Without `warm_up`: the first call detects the CPU.
    for _ in 0..10 {
        small(&mut memory);
        large(&net, &mut workspace);
    }
    if std::env::args().any(|argument| argument == "control") {
        control();
    }
}

#[sanitize(realtime = "nonblocking")]
fn small(memory: &mut nets::Memory) {
    nets::run(memory, |y| _ = black_box(y));
}

#[sanitize(realtime = "nonblocking")]
fn large(net: &Mlp, workspace: &mut Workspace<Mlp>) {
    black_box(net.predict(black_box(&MlpInput::repeat(0.5)), workspace));
}

#[sanitize(realtime = "nonblocking")]
fn control() {
    black_box(Vec::<u8>::with_capacity(black_box(100)));
}
