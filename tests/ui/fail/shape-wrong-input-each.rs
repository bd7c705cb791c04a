//! Each step of a vector.
use nn::prelude::*;

network! {
    struct Net {
        input: [16],
        TimeDistributed { Dense(8), Relu },
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
