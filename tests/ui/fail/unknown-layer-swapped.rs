//! Two letters swapped.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512), Rleu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
