//! A layer that comes and goes with a feature.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        #[cfg(feature = "deep")]
        Dense(512),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
