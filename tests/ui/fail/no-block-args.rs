//! A wrapper as in Keras.
use nn::prelude::*;

network! {
    struct Net {
        input: [16, 4],
        TimeDistributed(Dense(8)),
        GlobalAvgPool, Dense(2),
    }
}

fn main() {
    let _net = Net::new(42);
}
