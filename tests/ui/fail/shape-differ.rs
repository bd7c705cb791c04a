//! A sum of two shapes.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        main: Dense(64), Relu,
        Dense(32), Relu, Add(main),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
