//! The outputs of all steps and the state, of one layer.
use nn::prelude::*;

network! {
    struct Net {
        input: [9, 4],
        Lstm(16, return_sequences = true, return_state = true),
        Dense(3),
    }
}

fn main() {
    let _net = Net::new(42);
}
