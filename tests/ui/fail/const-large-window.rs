//! A kernel of constant size with no place in its input.
use nn::prelude::*;

const KERNEL: usize = 5;

network! {
    struct Net {
        input: [4, 9, 3],
        Conv2d(8, KERNEL),
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
