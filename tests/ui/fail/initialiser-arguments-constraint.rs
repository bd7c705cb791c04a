//! A constraint with an argument too many.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512, constraint = MaxNorm(1.0, 2.0)), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
