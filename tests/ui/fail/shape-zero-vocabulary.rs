//! An embedding of no words.
use nn::prelude::*;

network! {
    struct Net {
        input: [u32; 8],
        Embedding(0, 16), GlobalAvgPool,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
