//! A pool that leaves out a row where none was to be left out.
use nn::prelude::*;

network! {
    struct Net {
        input: [9, 8, 6],
        MaxPool2d(2, edge = Error),
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
