//! Two inputs, each with an `input:` of its own.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        input: [10],
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
