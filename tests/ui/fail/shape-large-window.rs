//! A kernel with no place in what an earlier layer left.
use nn::prelude::*;

network! {
    struct Net {
        input: [9, 8, 3],
        MaxPool2d(2), Conv2d(8, 5),
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
