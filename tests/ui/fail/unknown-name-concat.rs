//! A misspelt name among several.
use nn::prelude::*;

network! {
    struct Net {
        input: [16],
        wide: Dense(8), narrow: Dense(2),
        Concat(wide, narow),
        Dense(2),
    }
}

fn main() {
    let _net = Net::new(42);
}
