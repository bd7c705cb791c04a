//! An input of the wrong length.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(10), Softmax,
    }
}

fn main() {
    let net = Net::new(42);
    net.predict(&nalgebra::SVector::<f32, 64>::zeros(), &mut Net::workspace());
}
