//! More steps than positions.
use nn::prelude::*;

network! {
    struct Net {
        input: [u32; 64],
        Embedding(100, 8), PositionalEmbedding(max_length = 32),
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
