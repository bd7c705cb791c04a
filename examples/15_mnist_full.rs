//! MNIST as well as a small convolutional network can: augmentation in the background, a schedule, the best weights kept, early stopping,
//! curves.
//!
//! cargo run --release --example 15_mnist_full -- --data DIR
//!
//! DIR holds MNIST's four files, gzip or plain; without `--data` it is `$MNIST_DIR`, else `data/mnist`. `--quick` trains on a tenth of the
//! digits. Pictures and weights go to `out/`.

use nn::data::{Augment, Pipeline};
use nn::prelude::*;
use std::collections::BTreeMap;
use std::time::Instant;

network! {
    /// Two pairs of convolutions, each with a pool.
    pub struct MnistNet {
        input: [28, 28, 1],
        Conv2d(16, 3, init = HeNormal), BatchNorm(momentum = 0.9), Relu,
        Conv2d(16, 3, init = HeNormal), BatchNorm(momentum = 0.9), Relu, MaxPool2d(2),
        Conv2d(32, 3, init = HeNormal), BatchNorm(momentum = 0.9), Relu,
        Conv2d(32, 3, init = HeNormal), BatchNorm(momentum = 0.9), Relu, MaxPool2d(2),
        Flatten, Dropout(0.3),
        hidden: Dense(128, init = HeNormal), BatchNorm(momentum = 0.9), Relu, Dropout(0.3),
        logits: Dense(10),
        Softmax,
    }
}

/// Samples of a batch.
const BATCH: usize = 128;

#[derive(clap::Parser)]
struct Options {
    /// The folder with MNIST's four files.
    #[arg(long)]
    data: Option<std::path::PathBuf>,
    #[arg(long, default_value_t = 12)]
    epochs: usize,
    /// Epochs without a better validation accuracy after which it stops.
    #[arg(long, default_value_t = 4)]
    patience: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Two epochs on a tenth of the digits.
    #[arg(long)]
    quick: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Options { data, mut epochs, patience, seed, quick } = <Options as clap::Parser>::parse();
    println!("{}", MnistNet::summary());
    let (mut train, mut test) = nn::data::mnist(nn::data::mnist_dir(data))?;
    if quick {
        (train, test, epochs) = (train.take(6000)?, test.take(2000)?, epochs.min(2));
    }
    // What is best is chosen on digits that are neither trained nor tested on.
    let (train, validation) = train.stratified_split(1.0 / 12.0, seed)?;
    let steps = (train.len().div_ceil(BATCH) * epochs) as u64;
    let train = Pipeline::new(train, Augment::new().rotate(10.0).shift(0.08))?.seed(seed);

    std::fs::create_dir_all("out")?;
    nn::plot::plot_model::<MnistNet>("out/mnist_model.svg")?;
    let mut net = MnistNet::new(seed);
    let optimizer = Adam::new(CosineDecay::new(3e-3, steps));
    let mut trainer = Trainer::<MnistNet, BATCH>::new(optimizer, SparseCategoricalCrossentropy).seed(seed).validation(&validation);
    let (mut curves, mut best, mut since) = (BTreeMap::<String, Vec<f64>>::new(), 0.0, 0);
    let started = Instant::now();
    for epoch in 1..=epochs {
        println!("epoch {epoch} of {epochs}");
        // Goes on where the last call ended: moments, schedule and order.
        let history = trainer.fit(&mut net, &train)?;
        for (key, values) in history.metrics() {
            curves.entry(key.clone()).or_default().extend(values);
        }
        let accuracy = history.last("val_accuracy").unwrap_or(0.0);
        since += 1;
        if accuracy > best {
            (best, since) = (accuracy, 0);
            net.save_weights("out/mnist_best.safetensors")?;
        }
        if since >= patience {
            println!("no better for {patience} epochs");
            break;
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    println!("trained in {seconds:.0} s, of which {:.1} % waiting for samples", 100.0 * train.waited().as_secs_f64() / seconds);

    net.load_weights("out/mnist_best.safetensors")?;
    nn::plot::learning_curves("out/mnist_curves.svg", &curves)?;
    nn::plot::filters("out/mnist_filters.svg", &*net, "conv2d.kernel")?;
    println!("pictures in out/mnist_curves.svg, out/mnist_model.svg and out/mnist_filters.svg");
    println!("validation accuracy: {best:.4}");
    let evaluation = trainer.evaluate(&net, &test)?;
    println!("test accuracy: {:.4}", evaluation.accuracy.unwrap_or(f64::NAN));
    Ok(())
}
