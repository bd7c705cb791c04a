//! Step by step through a network with a block that needs the whole sequence.
use nn::prelude::*;

network! {
    struct Net {
        input: [16, 4],
        Parallel(merge = Add) { Dense(8), { Dense(8), Reshape([16, 8]) } },
        Dense(2),
    }
}

fn main() {
    let net = Net::new(42);
    let frame = NetInput::zeros().column(0).into_owned();
    net.step(&frame, &mut Net::state(), &mut Net::step_workspace());
}
