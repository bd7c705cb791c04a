//! A dense layer on an image.
use nn::prelude::*;

network! {
    struct Net {
        input: [28, 28, 1],
        Dense(512), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
