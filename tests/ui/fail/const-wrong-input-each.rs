//! Each step of a vector whose length only the compiler knows.
use nn::prelude::*;

const STEPS: usize = 8;

network! {
    struct Net {
        input: [16],
        Dense(STEPS), TimeDistributed { Dense(8), Relu },
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
