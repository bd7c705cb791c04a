//! A layer written with braces.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense { units: 512 },
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
