//! Branches of different shapes, added.
use nn::prelude::*;

network! {
    struct Net {
        input: [16],
        Parallel(merge = Add) { { Dense(8), Relu }, Dense(6) },
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
