//! A sum of two shapes that only the compiler knows.
use nn::prelude::*;

const HIDDEN: usize = 64;

network! {
    struct Net {
        input: [784],
        main: Dense(HIDDEN), Relu,
        Dense(32), Relu, Add(main),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
