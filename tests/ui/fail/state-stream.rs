//! Step by step from a state that is there only when all of the input was read.
use nn::prelude::*;

network! {
    struct Net {
        input: [9, 4],
        state: Gru(16),
        Gru(16, return_sequences = true, initial_state = state, from = input), Dense(3),
    }
}

fn main() {
    let net = Net::new(42);
    let (mut state, mut workspace) = (Net::state(), Net::step_workspace());
    net.step(&nn::Array::<nn::Flat<4>, f32>::zeros(), &mut state, &mut workspace);
}
