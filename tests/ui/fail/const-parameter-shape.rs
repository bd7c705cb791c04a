//! A shape that follows from a const parameter.
use nn::prelude::*;

network! {
    struct Net<const TIME: usize> {
        input: [TIME, 4],
        Flatten,
        Dense(10),
    }
}

fn main() {
    let _net = Net::<64>::new(42);
}
