//! A recurrent layer of another size than the state that it starts from.
use nn::prelude::*;

const UNITS: usize = 16;

network! {
    struct Net {
        input: { asked: [9, 4], answer: [6, 3] },
        state: Gru(12, return_state = true, from = asked),
        Gru(UNITS, initial_state = state, from = answer), Dense(3),
    }
}

fn main() {
    let _net = Net::new(42);
}
