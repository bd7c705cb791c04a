//! One comma too many between arguments.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512, , init = HeNormal), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
