//! Keras counts the batch, here nobody does.
use nn::prelude::*;

network! {
    struct Net {
        input: [128, 28, 28, 1],
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
