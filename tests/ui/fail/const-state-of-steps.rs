//! The outputs of all steps and the state, of a layer whose size is a constant.
use nn::prelude::*;

const UNITS: usize = 16;

network! {
    struct Net {
        input: [9, 4],
        Gru(UNITS, return_sequences = true, return_state = true),
        Dense(3),
    }
}

fn main() {
    let _net = Net::new(42);
}
