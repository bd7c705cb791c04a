//! A constant dilation of zero.
use nn::prelude::*;

const DILATION: usize = 0;

network! {
    struct Net {
        input: [9, 8, 6],
        Conv2d(4, 3, dilation = DILATION),
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
