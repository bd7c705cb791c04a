//! What is around a training run: callbacks, the arguments of `fit`, checkpoints.

#[path = "fit/arguments.rs"]
mod arguments;
#[path = "fit/callbacks.rs"]
mod callbacks;
#[path = "fit/checkpoints.rs"]
mod checkpoints;
#[path = "fit/ctrl_c.rs"]
mod ctrl_c;
#[path = "fit/goldens.rs"]
mod goldens;
#[path = "fit/kills.rs"]
mod kills;

#[path = "fit/rates.rs"]
mod rates;

use nn::metrics::Predictions;
use nn::prelude::*;

network! {
    /// The network of most of these tests.
    pub struct Net {
        input: [3],
        hidden: Dense(6), Tanh, Dropout(0.25),
        head: Dense(1),
    }
}

type Samples = (Vec<NetInput>, Vec<NetOutput>);

fn samples(count: usize) -> Samples {
    let x: Vec<_> = (0..count).map(|i| NetInput::from_fn(|j, _| ((i * 3 + j) as f32 * 0.7).sin())).collect();
    let y = x.iter().map(|x| NetOutput::new(x[0] * x[1] - x[2])).collect();
    (x, y)
}

fn trainer<'a>() -> Trainer<'a, Net, 4, Adam, MeanSquaredError> {
    Trainer::<Net, 4>::new(Adam::new(0.01), MeanSquaredError).threads(1).verbose(Verbose::Quiet)
}

/// A metric whose value in each epoch is given.
struct Scripted {
    series: Vec<f64>,
    epochs: usize,
}

impl Scripted {
    fn new(series: &[f64]) -> Self {
        Self { series: series.to_vec(), epochs: 0 }
    }
}

impl Metric<f32> for Scripted {
    fn name(&self) -> String {
        "metric".to_owned()
    }
    fn reset(&mut self) {
        self.epochs += 1;
    }
    fn update(&mut self, _: Predictions<'_, f32>) {}
    fn result(&mut self) -> f64 {
        self.series[self.epochs - 1]
    }
}
