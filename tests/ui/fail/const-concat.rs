//! The same, of a length that only the compiler knows.
use nn::prelude::*;

const STEPS: usize = 8;

network! {
    struct Net {
        input: [16, 4],
        long: Dense(8), Relu,
        Reshape([STEPS, 16]), Concat(long),
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
