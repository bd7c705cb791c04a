//! Options that are no expression.
use nn::prelude::*;

/// A layer of the user's.
#[derive(Parameters)]
struct Own;

network! {
    struct Net {
        input: [784],
        own: Own = OwnOptions { gain: },
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
