//! Groups that do not divide the channels.
use nn::prelude::*;

network! {
    struct Net {
        input: [9, 8, 6],
        Conv2d(8, 3, groups = 4),
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
