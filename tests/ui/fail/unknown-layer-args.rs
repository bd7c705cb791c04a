//! A layer that does not exist, with arguments.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Fourier(64), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
