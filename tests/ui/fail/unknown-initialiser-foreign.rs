//! PyTorch's name of an initialiser.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512, init = XavierUniform), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
