//! An LSTM that starts from the output of a layer of its size, and not from a state.
use nn::prelude::*;

network! {
    struct Net {
        input: { asked: [9, 4], answer: [6, 3] },
        asked_for: Lstm(16, from = asked),
        Lstm(16, return_sequences = true, initial_state = asked_for, from = answer), Dense(3),
    }
}

fn main() {
    let _net = Net::new(42);
}
