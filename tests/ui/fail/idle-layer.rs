//! Dropout that drops nothing.
#![deny(deprecated)]
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512), Dropout(0.0),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
