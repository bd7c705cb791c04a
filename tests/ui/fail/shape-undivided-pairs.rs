//! Rotary positions of keys of odd length.
use nn::prelude::*;

network! {
    struct Net {
        input: [16, 30],
        MultiHeadAttention(6, 7, rotary = true),
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
