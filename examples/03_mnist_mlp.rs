//! The MLP of Keras's MNIST tutorial: 784-512-512-10.
//!
//! cargo run --release --example 03_mnist_mlp -- --data DIR
//!
//! DIR holds MNIST's four files, gzip or plain; without `--data` it is `$MNIST_DIR`, else `data/mnist`.

use nn::prelude::*;
use std::time::Instant;

network! {
    /// 784-512-512-10, with dropout, batch normalisation and weight decay.
    pub struct MnistMlp {
        input: [784],
        hidden1: Dense(512), Relu, Dropout(0.2),
        hidden2: Dense(512, l2 = 1e-3), BatchNorm, Relu, Dropout(0.2),
        logits: Dense(10),
        Softmax,
    }
}

#[derive(clap::Parser)]
struct Options {
    /// The folder with MNIST's four files.
    #[arg(long)]
    data: Option<std::path::PathBuf>,
    #[arg(long, default_value_t = 4)]
    epochs: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 0: as many as the machine has.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Where the pictures go.
    #[arg(long, default_value = "out")]
    out: std::path::PathBuf,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = <Options as clap::Parser>::parse();
    let (train, test) = nn::data::mnist(nn::data::mnist_dir(options.data))?;
    println!("{}", MnistMlp::summary());
    println!("{}", nn::plot::terminal_grid(&train, &[0, 1, 2], 3, nn::plot::Shades::Ascii));

    let started = Instant::now();
    let mut net = MnistMlp::new(options.seed);
    let mut trainer = Trainer::<MnistMlp, 128>::new(Adam::default(), SparseCategoricalCrossentropy)
        .epochs(options.epochs)
        .seed(options.seed)
        .validation(&test);
    if options.threads > 0 {
        trainer = trainer.threads(options.threads);
    }
    let history = trainer.fit(&mut net, &train)?;
    println!("trained in {:.1} s", started.elapsed().as_secs_f64());

    std::fs::create_dir_all(&options.out)?;
    let curves = options.out.join("mnist_curves.svg");
    history.save_svg(&curves)?;
    println!("learning curves in {}", curves.display());

    let evaluation = trainer.evaluate(&net, &test)?;
    println!("test loss: {:.4}", evaluation.loss);
    println!("test accuracy: {:.4}", evaluation.accuracy.unwrap_or(f64::NAN));
    Ok(())
}
