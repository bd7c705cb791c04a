//! A block with an output.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        head: {
            a: Dense(10),
            output: a,
        },
    }
}

fn main() {
    let _net = Net::new(42);
}
