//! A shape without brackets.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Reshape(28, 28),
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
