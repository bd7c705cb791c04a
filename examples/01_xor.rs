//! The smallest problem a single layer cannot solve, in `f64`.
//!
//! cargo run --release --example 01_xor

use nalgebra::{Vector1, Vector2};
use nn::prelude::*;

network! {
    /// Two inputs, four hidden units, one probability.
    pub struct Xor<T = f64> {
        input: [2],
        hidden: Dense(4), Tanh,
        probability: Dense(1),
        Sigmoid,
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let inputs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]].map(Vector2::from);
    let targets = [0.0, 1.0, 1.0, 0.0].map(Vector1::new);

    let mut net = Xor::new(1);
    let mut trainer = Trainer::<Xor, 4>::new(Adam::new(0.05), BinaryCrossentropy).epochs(500).verbose(Verbose::Quiet);
    let history = trainer.fit(&mut net, &(&inputs[..], &targets[..]))?;
    println!("loss: {:.4} after {} epochs", history.last("loss").unwrap_or(f64::NAN), history.epochs());

    let mut workspace = Xor::workspace();
    let mut right = 0;
    for (x, target) in inputs.iter().zip(&targets) {
        let y = net.predict(x, &mut workspace)[0];
        println!("{} xor {} = {y:.3}", x[0], x[1]);
        right += usize::from((y > 0.5) == (target[0] > 0.5));
    }
    println!("accuracy: {:.2}", right as f64 / 4.0);
    Ok(())
}
