//! Token ids into a layer of numbers.
use nn::prelude::*;

network! {
    struct Net {
        input: [u32; 32],
        Dense(512), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
