//! No layers yet.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
    }
}

fn main() {
    let _net = Net::new(42);
}
