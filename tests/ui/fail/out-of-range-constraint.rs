//! Constraints that no weights can keep.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512, constraint = MaxNorm(-1.0)), Relu,
        Dense(64, constraint = MinMaxNorm(2.0, 1)), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
