//! Joined along the features, of sequences of different lengths.
use nn::prelude::*;

network! {
    struct Net {
        input: [16, 4],
        long: Dense(8), Relu,
        Reshape([8, 16]), Concat(long),
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
