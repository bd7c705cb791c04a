//! A body that cannot follow itself.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(64), Repeat(4) { Dense(32), Relu },
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
