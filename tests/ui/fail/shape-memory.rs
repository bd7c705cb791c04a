//! A memory that is no sequence.
use nn::prelude::*;

network! {
    struct Net {
        input: [16, 30],
        encoded: GlobalAvgPool,
        TransformerDecoder(3, 64, memory = encoded, from = input),
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
