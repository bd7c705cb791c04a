//! More steps than positions, where only the compiler knows the sizes.
use nn::prelude::*;

const LENGTH: usize = 32;

network! {
    struct Net {
        input: [u32; 64],
        Embedding(100, 8), PositionalEmbedding(max_length = LENGTH),
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
