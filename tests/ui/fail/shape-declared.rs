//! A shape that is declared and not made.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512) -> [256], Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
