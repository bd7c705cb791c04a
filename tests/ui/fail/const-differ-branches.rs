//! Branches of shapes that only the compiler knows.
use nn::prelude::*;

const STEPS: usize = 8;

network! {
    struct Net {
        input: [16],
        Parallel(merge = Add) { { Dense(STEPS), Relu }, Dense(6) },
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
