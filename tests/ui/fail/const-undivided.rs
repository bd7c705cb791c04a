//! Groups of a constant number that do not share the channels equally.
use nn::prelude::*;

const GROUPS: usize = 8;

network! {
    struct Net {
        input: [7, 7, 30],
        GroupNorm(GROUPS), Relu,
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
