//! An axis too far.
use nn::prelude::*;

network! {
    struct Net {
        input: [16, 4],
        main: Dense(8), Concat(main, axis = 3),
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
