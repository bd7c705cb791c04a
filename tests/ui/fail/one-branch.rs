//! A branch beside nothing.
use nn::prelude::*;

network! {
    struct Net {
        input: [16],
        Parallel { { Dense(8), Relu } },
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
