//! A misspelt activation.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512, activation = Reul),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
