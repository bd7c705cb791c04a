//! A stride that leaves out rows and columns where none were to be left out.
use nn::prelude::*;

const STRIDE: usize = 3;

network! {
    struct Net {
        input: [9, 8, 6],
        Conv2d(4, (2, 3), stride = STRIDE, edge = Error),
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
