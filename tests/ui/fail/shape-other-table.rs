//! A table of words that is asked about vectors of another length.
use nn::prelude::*;

network! {
    struct Net {
        input: [u32; 12],
        words: Embedding(1000, 32), Lstm(24, return_sequences = true),
        Unembedding(words),
    }
}

fn main() {
    let _net = Net::new(42);
}
