//! Dropout behind the last layer.
#![deny(deprecated)]
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(10), Dropout(0.5),
    }
}

fn main() {
    let _net = Net::new(42);
}
