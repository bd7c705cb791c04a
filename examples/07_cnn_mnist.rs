//! A convolutional network on MNIST, as in Keras's introduction to them.
//!
//! cargo run --release --example 07_cnn_mnist -- --data DIR
//!
//! DIR holds MNIST's four files, gzip or plain; without `--data` it is `$MNIST_DIR`, else `data/mnist`.

use nn::prelude::*;
use std::time::Instant;

network! {
    /// Two convolutions, each with a pool, and a dense layer.
    pub struct MnistCnn {
        input: [28, 28, 1],
        Conv2d(32, 3, activation = Relu), MaxPool2d(2),
        Conv2d(64, 3, activation = Relu), MaxPool2d(2),
        Flatten, Dropout(0.5),
        logits: Dense(10),
        Softmax,
    }
}

network! {
    /// The same for photographs: declared, counted, not trained here.
    pub struct PhotoCnn {
        input: [64, 64, 3],
        Conv2d(32, 3, activation = Relu), MaxPool2d(2),
        Conv2d(64, 3, activation = Relu), MaxPool2d(2),
        Flatten, Dense(128, activation = Relu),
        logits: Dense(10),
        Softmax,
    }
}

#[derive(clap::Parser)]
struct Options {
    /// The folder with MNIST's four files.
    #[arg(long)]
    data: Option<std::path::PathBuf>,
    #[arg(long, default_value_t = 5)]
    epochs: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 0: as many as the machine has.
    #[arg(long, default_value_t = 0)]
    threads: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = <Options as clap::Parser>::parse();
    println!("{}", PhotoCnn::summary());
    println!("{}", MnistCnn::summary());
    let (train, test) = nn::data::mnist(nn::data::mnist_dir(options.data))?;

    let started = Instant::now();
    let mut net = MnistCnn::new(options.seed);
    let mut trainer = Trainer::<MnistCnn, 128>::new(Adam::default(), SparseCategoricalCrossentropy)
        .epochs(options.epochs)
        .seed(options.seed)
        .validation(&test);
    if options.threads > 0 {
        trainer = trainer.threads(options.threads);
    }
    trainer.fit(&mut net, &train)?;
    println!("trained in {:.1} s", started.elapsed().as_secs_f64());

    let evaluation = trainer.evaluate(&net, &test)?;
    println!("test loss: {:.4}", evaluation.loss);
    println!("test accuracy: {:.4}", evaluation.accuracy.unwrap_or(f64::NAN));
    Ok(())
}
