//! A wrong input in a network with const parameters.
use nn::prelude::*;

network! {
    struct Encoder {
        input: [128],
        Dense(16),
    }
}

network! {
    struct Net<const CLASSES: usize> {
        input: [784],
        Dense(64), Encoder -> [16],
        Dense(CLASSES),
    }
}

fn main() {
    let _net = Net::<10>::new(42);
}
