//! A misspelt constraint.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512, constraint = MaxNrm(2.0)), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
