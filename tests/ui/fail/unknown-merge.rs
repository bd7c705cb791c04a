//! Keras's name of a merge.
use nn::prelude::*;

network! {
    struct Net {
        input: [16],
        Parallel(merge = Multiply) { { Dense(8), Relu }, Dense(8) },
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
