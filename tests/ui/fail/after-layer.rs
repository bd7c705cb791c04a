//! A method call, as in other libraries.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512).relu(),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
