//! A pool of constant size whose last window would see padding only.
use nn::prelude::*;

const SIZE: usize = 3;

network! {
    struct Net {
        input: [9, 8, 6],
        AvgPool2d(SIZE, padding = (0, 0, 1, SIZE)),
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
