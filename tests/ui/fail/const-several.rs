//! Two layers that do not fit, one error each.
use nn::prelude::*;

const HIDDEN: usize = 64;

network! {
    struct Net {
        input: [784],
        a: Dense(HIDDEN), Dense(32), Add(a),
        Reshape([3, 3]), GlobalAvgPool,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
