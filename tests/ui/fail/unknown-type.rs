//! A layer that does not exist.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512), Fourier,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
