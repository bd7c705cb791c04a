//! Axes counted from zero.
use nn::prelude::*;

network! {
    struct Net {
        input: [20, 3],
        Permute([1, 0]),
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
