//! A gate that is declared below.
use nn::prelude::*;

network! {
    struct Net {
        input: [16],
        main: Dense(8), Mul(gate),
        gate: Dense(8, from = input, activation = Sigmoid),
        Add(main),
    }
}

fn main() {
    let _net = Net::new(42);
}
