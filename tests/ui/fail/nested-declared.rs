//! A network whose output is declared wrongly.
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
        Dense(128), Encoder -> [32],
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
