//! A network inside another one, and wrong itself.
use nn::prelude::*;

network! {
    struct Encoder {
        input: [128],
        Dence(16),
    }
}

network! {
    struct Net {
        input: [784],
        Dense(128), Encoder,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
