//! A repetition of nothing.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Repeat(3),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
