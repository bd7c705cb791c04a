//! Heads that do not share the features equally.
use nn::prelude::*;

network! {
    struct Net {
        input: [16, 30],
        TransformerEncoder(4, 64),
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
