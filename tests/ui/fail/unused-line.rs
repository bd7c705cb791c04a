//! The activation of a layer goes nowhere.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        hidden: Dense(512, activation = Relu),
        Dense(10, from = input),
    }
}

fn main() {
    let _net = Net::new(42);
}
