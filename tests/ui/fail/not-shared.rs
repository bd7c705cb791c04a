//! The table of a layer that has none.
use nn::prelude::*;

network! {
    struct Net {
        input: [u32; 12],
        Embedding(1000, 32), words: Dense(32, activation = Relu),
        Unembedding(words),
    }
}

fn main() {
    let _net = Net::new(42);
}
