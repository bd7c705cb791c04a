//! A residual block without its body.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Residual,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
