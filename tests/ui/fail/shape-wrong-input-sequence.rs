//! A layer over time on an image.
use nn::prelude::*;

network! {
    struct Net {
        input: [28, 28, 3],
        Relu, Delay,
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
