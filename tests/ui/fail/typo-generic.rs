//! Arguments as those of a type.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense<512>, Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
