//! A rate in words.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dropout("often"),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
