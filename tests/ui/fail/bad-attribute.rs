//! An attribute that is none.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        #[5]
        Dense(512),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
