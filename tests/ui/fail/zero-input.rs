//! An input of nothing.
use nn::prelude::*;

network! {
    struct Net {
        input: [28, 0],
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
