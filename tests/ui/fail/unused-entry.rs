//! A named layer whose output goes nowhere.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        hidden: Dense(512), side: Relu,
        Dense(10, from = hidden),
    }
}

fn main() {
    let _net = Net::new(42);
}
