//! A sum that only fits when two parameters are equal.
use nn::prelude::*;

network! {
    struct Net<const LEFT: usize, const RIGHT: usize> {
        input: [8],
        a: Dense(LEFT), Dense(RIGHT), Add(a),
        Dense(10),
    }
}

fn main() {
    let _net = Net::<8, 8>::new(42);
}
