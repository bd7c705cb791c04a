//! Arguments in parentheses for a user's layer.
use nn::prelude::*;

/// A layer of the user's.
#[derive(Parameters)]
struct Own;

network! {
    struct Net {
        input: [784],
        own: Own(3),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
