//! An image of each step.
use nn::prelude::*;

network! {
    struct Net {
        input: [16, 4],
        TimeDistributed { Dense(12), Reshape([2, 2, 3]) },
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
