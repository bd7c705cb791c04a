//! A word that an option does not have.
use nn::prelude::*;

network! {
    struct Net {
        input: [9, 8, 6],
        MaxPool2d(2, edge = Err),
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
