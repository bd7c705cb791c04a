//! Numbers into an embedding.
use nn::prelude::*;

network! {
    struct Net {
        input: [32],
        Embedding(1000, 16),
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
