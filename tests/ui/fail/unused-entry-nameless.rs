//! The same, without a name.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512),
        Dense(10, from = input),
    }
}

fn main() {
    let _net = Net::new(42);
}
