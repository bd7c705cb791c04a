//! A residual block that ends in another shape.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(64), Residual { Dense(32), Relu },
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
