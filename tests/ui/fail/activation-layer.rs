//! `Prelu` has parameters, so it is a layer.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512, activation = Prelu),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
