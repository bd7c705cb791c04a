//! An option of another library.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512, use_quantum = true), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
