//! A parameter that is no size.
use nn::prelude::*;

network! {
    struct Net<const DEEP: bool> {
        input: [784],
        Dense(10),
    }
}

fn main() {
    let _net = Net::<true>::new(42);
}
