//! An initialiser as Keras spells it.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512, init = "he_normal"), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
