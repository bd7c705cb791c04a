//! A network that takes another input.
use nn::prelude::*;

network! {
    struct Encoder {
        input: [128],
        Dense(16),
    }
}

network! {
    struct Net {
        input: [784],
        Dense(64), Encoder,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
