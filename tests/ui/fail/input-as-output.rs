//! The input returned as it is.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        scores: Dense(10),
        output: { scores, input },
    }
}

fn main() {
    let _net = Net::new(42);
}
