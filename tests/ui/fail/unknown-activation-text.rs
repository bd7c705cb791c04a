//! An activation as Keras spells it.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512, activation = "relu"),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
