//! A mask that has no ids, where only the compiler knows the sizes.
use nn::prelude::*;

const TIME: usize = 16;

network! {
    struct Net {
        input: [TIME, 8],
        MultiHeadAttention(2, 4, mask = input),
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
