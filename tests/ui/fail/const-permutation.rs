//! An axis that comes twice, where only the compiler knows the sizes.
use nn::prelude::*;

const TIME: usize = 20;

network! {
    struct Net {
        input: [TIME, 3, 2],
        Permute([2, 1, 2]),
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
