//! Two outputs, each with an `output:` of its own.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        policy: Dense(10),
        value: Dense(1, from = input),
        output: policy,
        output: value,
    }
}

fn main() {
    let _net = Net::new(42);
}
