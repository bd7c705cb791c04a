//! Two networks in one macro.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(10),
    }

    struct Other {
        input: [10],
        Dense(2),
    }
}

fn main() {
    let _net = Net::new(42);
}
