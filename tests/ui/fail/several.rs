//! Eight broken entries, eight errors.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(10, init = ),
        Dense(),
        Con::,
        Dense(10 Relu),
        Dense(10) Relu,
        Dense("ten"),
        name:,
        Desne(
            10
        ),
    }
}

fn main() {
    let _net = Net::new(42);
}
