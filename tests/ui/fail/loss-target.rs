//! Labels for a network that ends in an image.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Reshape([28, 28, 1]),
    }
}

fn main() {
    let mut net = Net::new(42);
    let data: (&[NetInput], &[u32]) = (&[], &[]);
    let _ = Trainer::<Net, 8>::new(Adam::default(), SparseCategoricalCrossentropy).fit(&mut net, &data);
}
