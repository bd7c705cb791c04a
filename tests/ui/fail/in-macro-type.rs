//! A type that a macro passes on, and that is no layer.
use nn::prelude::*;

struct Gain;

macro_rules! around {
    ($layer:ty) => {
        network! {
            struct Net {
                input: [784],
                Dense(16), $layer,
                Dense(10),
            }
        }
    };
}
around!(Gain);

fn main() {
    let _net = Net::new(42);
}
