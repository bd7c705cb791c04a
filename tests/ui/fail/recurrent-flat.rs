//! A recurrent layer where there is no time.
use nn::prelude::*;

network! {
    struct Net {
        input: [16],
        Gru(8),
        Dense(2),
    }
}

fn main() {}
