//! A nested network in one with const parameters.
use nn::prelude::*;

network! {
    struct Encoder {
        input: [784],
        Dense(16),
    }
}

network! {
    struct Net<const CLASSES: usize> {
        input: [784],
        Encoder,
        Dense(CLASSES),
    }
}

fn main() {
    let _net = Net::<10>::new(42);
}
