//! A mask that is named within the braces.
use nn::prelude::*;

network! {
    struct Net {
        input: [12, 4],
        ids: Masking,
        Bidirectional(from = input) { Lstm(16, mask = input) }, Dense(3),
    }
}

fn main() {
    let _net = Net::new(42);
}
