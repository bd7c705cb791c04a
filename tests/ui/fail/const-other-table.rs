//! A table of words that is asked about vectors whose length is another constant.
use nn::prelude::*;

const UNITS: usize = 24;

network! {
    struct Net {
        input: [u32; 12],
        words: Embedding(1000, 32), Lstm(UNITS, return_sequences = true),
        Unembedding(words),
    }
}

fn main() {
    let _net = Net::new(42);
}
