//! A layer that is called like the input.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        r#input: Dense(512), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
