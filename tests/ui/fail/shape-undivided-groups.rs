//! Groups that do not share the channels equally.
use nn::prelude::*;

network! {
    struct Net {
        input: [7, 7, 30],
        GroupNorm(8), Relu,
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
