//! More than everything dropped.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512), Relu, Dropout(1.5),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
