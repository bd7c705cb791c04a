//! MNIST as well as a small convolutional network can: augmentation in the background, a schedule, the best weights kept, early stopping,
//! curves.
//!
//! cargo run --release --example 15_mnist_full -- --data DIR
//!
//! DIR holds MNIST's four files, gzip or plain; without `--data` it is `$MNIST_DIR`, else `data/mnist`. `--quick` trains on a tenth of the
//! digits. Pictures and weights go to `out/`.

use nn::data::{Augment, Pipeline};
use nn::prelude::*;
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
    let mut trainer = Trainer::<MnistNet, BATCH>::new(optimizer, SparseCategoricalCrossentropy)
        .epochs(epochs)
        .seed(seed)
        .validation(&validation)
        .callback(EarlyStopping::new("val_accuracy").patience(patience))
        .callback(ModelCheckpoint::new("out/mnist_best.safetensors").monitor("val_accuracy").save_best_only());
    let started = Instant::now();
    let history = trainer.fit(&mut net, &train)?;
    let seconds = started.elapsed().as_secs_f64();
    println!("trained in {seconds:.0} s, of which {:.1} % waiting for samples", 100.0 * train.waited().as_secs_f64() / seconds);

    net.load_weights("out/mnist_best.safetensors")?;
    history.save_svg("out/mnist_curves.svg")?;
    nn::plot::filters("out/mnist_filters.svg", &*net, "conv2d.kernel")?;
    println!("pictures in out/mnist_curves.svg, out/mnist_model.svg and out/mnist_filters.svg");
    println!("best validation accuracy: {:.4}", history.get("val_accuracy").iter().fold(0.0f64, |best, accuracy| best.max(*accuracy)));
    let evaluation = trainer.evaluate(&net, &test)?;
    println!("test accuracy: {:.4}", evaluation.accuracy.unwrap_or(f64::NAN));
    Ok(())
}
