//! A misspelt name.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        main: Dense(512), Relu,
        Dense(512), Add(mian),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
