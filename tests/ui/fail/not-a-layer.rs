//! A type that is no layer.
use nn::prelude::*;

struct Gain;

network! {
    struct Net {
        input: [784],
        Dense(512), Gain,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
