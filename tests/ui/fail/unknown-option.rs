//! A misspelt option.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512, int = HeNormal), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
