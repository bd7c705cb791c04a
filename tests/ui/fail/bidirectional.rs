//! More than a recurrent layer, there and back.
use nn::prelude::*;

network! {
    struct Net {
        input: [20, 3],
        Bidirectional { Lstm(8), Relu },
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
