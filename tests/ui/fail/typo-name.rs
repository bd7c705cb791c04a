//! A name without a colon.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        hidden Dense(512), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
