//! A text.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense("ten"),
    }
}

fn main() {
    let _net = Net::new(42);
}
