//! A constant number of groups that does not divide the filters.
use nn::prelude::*;

const GROUPS: usize = 3;

network! {
    struct Net {
        input: [9, 8, 6],
        Conv2d(8, 3, groups = GROUPS),
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
