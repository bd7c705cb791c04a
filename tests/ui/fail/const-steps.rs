//! An image of each step, of a size that only the compiler knows.
use nn::prelude::*;

const STEPS: usize = 8;

network! {
    struct Net {
        input: [16, 4],
        TimeDistributed { Dense(12 * STEPS), Reshape([2, STEPS, 6]) },
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
