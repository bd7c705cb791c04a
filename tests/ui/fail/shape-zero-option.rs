//! A stride of zero.
use nn::prelude::*;

network! {
    struct Net {
        input: [9, 8, 6],
        Conv2d(4, 3, stride = (1, 0)),
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
