//! Not a struct.
use nn::prelude::*;

network! {
    pub enum Net {
        input: [784],
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
