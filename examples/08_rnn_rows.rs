//! MNIST row by row: a picture as a sequence of 28 rows, read from top to bottom.
//!
//! cargo run --release --example 08_rnn_rows -- --data DIR
//!
//! DIR holds MNIST's four files, gzip or plain; without `--data` it is `$MNIST_DIR`, else `data/mnist`. `--epochs 4` trains longer.

use nn::prelude::*;
use std::time::Instant;

network! {
    /// Each row of pixels changes a state of 64 numbers.
    pub struct RowsRnn {
        input: [28, 28],
        SimpleRnn(64),
        logits: Dense(10),
        Softmax,
    }
}

network! {
    /// The same with gates and cells that remember.
    pub struct RowsLstm {
        input: [28, 28],
        Lstm(128),
        logits: Dense(10),
        Softmax,
    }
}

#[derive(clap::Parser)]
struct Options {
    /// The folder with MNIST's four files.
    #[arg(long)]
    data: Option<std::path::PathBuf>,
    #[arg(long, default_value_t = 3)]
    epochs: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 0: as many as the machine has.
    #[arg(long, default_value_t = 0)]
    threads: usize,
}

/// Trains a network of this type and says how well it reads the test set.
macro_rules! learn {
    ($net:ident, $options:expr, $train:expr, $test:expr) => {{
        println!("{}", $net::summary());
        let (mut net, started) = ($net::new($options.seed), Instant::now());
        let mut trainer =
            Trainer::<$net, 128>::new(Adam::default(), SparseCategoricalCrossentropy).epochs($options.epochs).seed($options.seed);
        if $options.threads > 0 {
            trainer = trainer.threads($options.threads);
        }
        trainer.fit(&mut net, $train)?;
        let accuracy = trainer.evaluate(&net, $test)?.accuracy.unwrap_or(f64::NAN);
        println!("{}: test accuracy {accuracy:.4} after {:.1} s", stringify!($net), started.elapsed().as_secs_f64());
        net
    }};
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = <Options as clap::Parser>::parse();
    let (train, test) = nn::data::mnist(nn::data::mnist_dir(options.data.clone()))?;
    learn!(RowsRnn, options, &train, &test);
    let net = learn!(RowsLstm, options, &train, &test);

    // As a stream, a row at a time, the network says at each row what the digit would be if the picture ended there.
    let (mut state, mut workspace) = (RowsLstm::state(), RowsLstm::step_workspace());
    let picture: Vec<f32> = test.scaled(0).collect();
    print!("a {}, row by row:", test.label(0));
    for row in picture.chunks_exact(28) {
        let row = nn::Array::<nn::Flat<28>, f32>::from_fn(|i, _| row[i]);
        print!(" {}", class_of(net.step(&row, &mut state, &mut workspace).as_slice()));
    }
    println!();
    Ok(())
}
