//! The batch as an axis.
use nn::prelude::*;

const STEPS: usize = 8;

network! {
    struct Net {
        input: [16, 4],
        main: Dense(STEPS), Concat(main, axis = 0),
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
