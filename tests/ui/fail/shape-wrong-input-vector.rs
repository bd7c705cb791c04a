//! A sequence where a vector is repeated.
use nn::prelude::*;

network! {
    struct Net {
        input: [20, 3],
        Lstm(8, return_sequences = true), RepeatVector(5),
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
