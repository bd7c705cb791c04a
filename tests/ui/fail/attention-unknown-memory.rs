//! A memory that does not exist.
use nn::prelude::*;

network! {
    struct Net {
        input: { words: [u32; 12], image: [16, 8] },
        encoded: TransformerEncoder(2, 32, from = image),
        Embedding(100, 8, from = words), TransformerDecoder(2, 32, memory = encodet),
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
