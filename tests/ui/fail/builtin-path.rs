//! A layer by its path.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        nn::layers::Dense(512), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
