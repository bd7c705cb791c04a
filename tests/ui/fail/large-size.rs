//! More outputs than any machine has memory for.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(5_000_000_000), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
