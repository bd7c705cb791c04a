//! A padding that there is not for images.
use nn::prelude::*;

network! {
    struct Net {
        input: [9, 8, 6],
        Conv2d(4, 3, padding = Causal),
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
