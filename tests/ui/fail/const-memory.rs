//! A memory that is no sequence, where only the compiler knows the sizes.
use nn::prelude::*;

const TIME: usize = 16;

network! {
    struct Net {
        input: [TIME, 30],
        encoded: GlobalAvgPool,
        MultiHeadAttention(3, 10, memory = encoded, from = input),
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
