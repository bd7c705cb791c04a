//! A loss on logits behind a network that ends in Softmax.
#![deny(deprecated)]
use nn::prelude::*;

network! {
    struct Net {
        input: [4],
        Dense(3), Softmax,
    }
}

fn main() {
    let (x, y) = (vec![nalgebra::SVector::<f32, 4>::zeros(); 8], vec![0_u32; 8]);
    let mut net = Net::new(42);
    let mut trainer = Trainer::<Net, 8>::new(Adam::default(), FromLogits(SparseCategoricalCrossentropy)).epochs(2);
    let _ = trainer.fit(&mut net, &(&x[..], &y[..]));
}
