//! A mask with another number of ids than there are steps.
use nn::prelude::*;

network! {
    struct Net {
        input: { words: [u32; 12], more: [16, 8] },
        Embedding(100, 8, from = words), encoded: TransformerEncoder(2, 32, mask = words),
        TransformerEncoder(2, 32, mask = words, from = more), TransformerDecoder(2, 32, encoded),
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
