//! PyTorch's name, which is an activation here.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Linear(512), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
