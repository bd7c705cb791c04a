//! A number alone.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        512,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
