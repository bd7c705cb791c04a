//! `from` takes a name, not a position.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512), Relu,
        Dense(10, from = 1),
    }
}

fn main() {
    let _net = Net::new(42);
}
