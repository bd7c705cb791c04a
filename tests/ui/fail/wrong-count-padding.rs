//! Three sides of four.
use nn::prelude::*;

network! {
    struct Net {
        input: [9, 8, 6],
        AvgPool2d(2, padding = (1, 0, 1)),
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
