//! Three species of iris from four lengths: a table, categories, standardised features, cross-validation.
//!
//! cargo run --release --example 12_iris

use nn::data::{Csv, Encoding, Samples, Scaling};
use nn::prelude::*;

network! {
    /// Four lengths in, the probabilities of three species out.
    pub struct Iris {
        input: [4],
        hidden: Dense(16, l2 = 1e-3), Relu,
        logits: Dense(3),
        Softmax,
    }
}

#[derive(clap::Parser)]
struct Options {
    #[arg(long, default_value_t = 7)]
    seed: u64,
    #[arg(long, default_value_t = 60)]
    epochs: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Options { seed, epochs } = <Options as clap::Parser>::parse();
    let file = &include_bytes!("data/iris.csv")[..];
    let table = Csv::new().categorical("species", Encoding::Index).read_from(file, "iris.csv")?;
    let flowers = table.classification("species")?;
    println!("{}\n", flowers.balance().ok_or("a classification set")?);

    // 150 flowers are few: every fifth is held out in turn, so that each is predicted once.
    let mut confusion = ConfusionMatrix::named(flowers.class_names().iter().map(String::as_str));
    for (fold, (mut train, mut test)) in flowers.stratified_k_fold(5, seed)?.enumerate() {
        // Fitted on the training flowers only.
        let scaling = Scaling::standardize(&train);
        scaling.apply(&mut train)?;
        scaling.apply(&mut test)?;
        let mut net = Iris::new(seed + fold as u64);
        let mut trainer = Trainer::<Iris, 16>::new(Adam::new(0.01), SparseCategoricalCrossentropy);
        trainer = trainer.epochs(epochs).seed(seed).threads(1).validation(&test).verbose(Verbose::Quiet);
        let history = trainer.fit(&mut net, &train)?;
        println!("fold {}: validation accuracy {:.3}", fold + 1, history.last("val_accuracy").unwrap_or(f64::NAN));
        record(&net, &test, &mut confusion);
    }
    println!("\n{confusion}");
    println!("accuracy: {:.4}", confusion.accuracy());
    Ok(())
}

fn record(net: &Iris, test: &Samples, confusion: &mut ConfusionMatrix) {
    let mut workspace = Iris::workspace();
    for index in 0..test.len() {
        let x = IrisInput::from_column_slice(test.features(index));
        let probabilities = net.predict(&x, &mut workspace);
        confusion.record(test.label(index).unwrap_or_default(), class_of(probabilities.as_slice()));
    }
}
