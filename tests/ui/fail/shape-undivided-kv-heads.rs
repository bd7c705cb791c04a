//! Heads that do not share the heads of keys and values equally.
use nn::prelude::*;

network! {
    struct Net {
        input: [16, 30],
        MultiHeadAttention(6, 8, kv_heads = 4),
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
