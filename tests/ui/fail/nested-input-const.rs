//! The same, of a length that only the compiler knows.
use nn::prelude::*;

const HIDDEN: usize = 64;

network! {
    struct Encoder {
        input: [128],
        Dense(16),
    }
}

network! {
    struct Net {
        input: [784],
        Dense(HIDDEN), Encoder,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
