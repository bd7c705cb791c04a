//! More values than one layer can read.
use nn::prelude::*;

network! {
    struct Net {
        input: [16],
        a: Dense(8), b: Relu, c: Tanh,
        Add(a, b, c, a, b, c, a, b),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
