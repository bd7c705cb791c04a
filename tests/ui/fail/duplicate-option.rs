//! An option twice.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512, l2 = 1e-3, l2 = 1e-4), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
