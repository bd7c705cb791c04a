//! A sum that only fits for one value of a parameter.
use nn::prelude::*;

network! {
    struct Net<const WIDTH: usize> {
        input: [8],
        Dense(WIDTH), Add(input),
        Dense(10),
    }
}

fn main() {
    let _net = Net::<8>::new(42);
}
