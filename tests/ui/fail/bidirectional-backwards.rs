//! A direction for a layer that goes both ways.
use nn::prelude::*;

network! {
    struct Net {
        input: [20, 3],
        Bidirectional { Lstm(8, go_backwards = true) },
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
