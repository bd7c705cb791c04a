//! A recurrent layer over a picture.
use nn::prelude::*;

network! {
    struct Net {
        input: [28, 28, 1],
        Lstm(64),
        Dense(10),
    }
}

fn main() {}
