//! A softmax as an option, and once more.
#![deny(deprecated)]
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(10, activation = Softmax),
        Softmax,
    }
}

fn main() {
    let _net = Net::new(42);
}
