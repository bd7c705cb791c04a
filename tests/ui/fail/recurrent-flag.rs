//! A truth value that decides a shape must be written out.
use nn::prelude::*;

const YES: bool = true;

network! {
    struct Net {
        input: [16, 4],
        SimpleRnn(8, return_sequences = YES),
        Dense(2),
    }
}

fn main() {}
