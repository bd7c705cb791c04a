//! A name from outside of the block.
use nn::prelude::*;

network! {
    struct Net {
        input: [64],
        main: Dense(64), Relu,
        Residual { Dense(64), Add(main) },
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
