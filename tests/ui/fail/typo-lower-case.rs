//! A layer in lower case.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        dense(512), relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
