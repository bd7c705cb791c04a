//! Step by step through what is joined in time.
use nn::prelude::*;

network! {
    struct Net {
        input: [16, 4],
        main: Dense(8), Concat(main, axis = 1),
        Dense(2),
    }
}

fn main() {
    let net = Net::new(42);
    let frame = NetInput::zeros().column(0).into_owned();
    net.step(&frame, &mut Net::state(), &mut Net::step_workspace());
}
