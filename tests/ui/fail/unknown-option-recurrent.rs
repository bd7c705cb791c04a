//! An option about a recurrent kernel, of a layer without one.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512, recurrent_l2 = 1e-3), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
