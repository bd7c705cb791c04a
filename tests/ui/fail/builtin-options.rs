//! Options of a built-in layer after `=`.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        hidden: Dense(512) = DenseOptions { bias: false },
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
