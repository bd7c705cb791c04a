//! An arrow, and the shape not typed yet.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512) ->,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
