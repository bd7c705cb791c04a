//! Attention without steps.
use nn::prelude::*;

network! {
    struct Net {
        input: [30],
        MultiHeadAttention(3, 10),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
