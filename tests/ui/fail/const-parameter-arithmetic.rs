//! Arithmetic on a const parameter.
use nn::prelude::*;

network! {
    struct Net<const HIDDEN: usize> {
        input: [784],
        Dense(HIDDEN * 2), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::<64>::new(42);
}
