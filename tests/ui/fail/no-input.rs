//! The input is forgotten.
use nn::prelude::*;

network! {
    struct Net {
        Dense(512), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
