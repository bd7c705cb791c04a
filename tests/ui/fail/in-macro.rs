//! A mistake in sizes that a macro passes on.
use nn::prelude::*;

macro_rules! mlp {
    ($name:ident, $hidden:expr) => {
        network! {
            struct $name {
                input: [784],
                Dense($hidden), Relu,
                Dense(10),
            }
        }
    };
}
mlp!(Net, 0);

fn main() {
    let _net = Net::new(42);
}
