//! A pool whose first window would see padding only.
use nn::prelude::*;

network! {
    struct Net {
        input: [9, 8, 6],
        MaxPool2d(2, padding = 2),
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
