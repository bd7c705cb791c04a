//! A convolution that sees later steps, on a stream.
use nn::prelude::*;

network! {
    struct Net {
        input: [16, 4],
        Conv1d(8, 3, padding = Same),
        Dense(4),
    }
}

fn main() {
    let net = Net::new(42);
    let frame = NetInput::zeros().column(0).into_owned();
    net.step(&frame, &mut Net::state(), &mut Net::step_workspace());
}
