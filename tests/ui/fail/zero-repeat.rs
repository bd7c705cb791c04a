//! A repetition that never happens.
use nn::prelude::*;

network! {
    struct Net {
        input: [64],
        Repeat(0) { Dense(64), Relu },
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
