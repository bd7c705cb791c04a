//! A size where a shape is expected.
use nn::prelude::*;

network! {
    struct Net {
        input: 784,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
