//! Benign or malignant, from measures of cell nuclei: one output for yes or no, the receiver operating characteristic, and features
//! whose scaling is saved with the weights.
//!
//! cargo run --release --example 13_breast_cancer
//!
//! Pictures and weights go to `out/`.

use nn::data::{Csv, Encoding, Scaling};
use nn::metrics::{AveragePrecision, Metric, Predictions, RocAuc};
use nn::prelude::*;
use nn::weights::Saver;

network! {
    /// Thirty measures in, the probability of a malignant tumour out.
    pub struct Cancer {
        input: [30],
        hidden: Dense(24, l2 = 1e-3), Relu, Dropout(0.2),
        logit: Dense(1, l2 = 1e-3),
        Sigmoid,
    }
}

#[derive(clap::Parser)]
struct Options {
    #[arg(long, default_value_t = 7)]
    seed: u64,
    #[arg(long, default_value_t = 40)]
    epochs: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Options { seed, epochs } = <Options as clap::Parser>::parse();
    let file = &include_bytes!("data/breast_cancer.csv")[..];
    let table = Csv::new().categorical("diagnosis", Encoding::Index).read_from(file, "breast_cancer.csv")?;
    let tumours = table.classification("diagnosis")?;
    println!("{}\n", tumours.balance().ok_or("a classification set")?);
    let (mut train, test) = tumours.stratified_split(0.25, seed)?;
    let scaling = Scaling::standardize(&train);
    scaling.apply(&mut train)?;
    let mut scaled = test.clone();
    scaling.apply(&mut scaled)?;

    let mut net = Cancer::new(seed);
    let mut trainer = Trainer::<Cancer, 32>::new(Adam::new(3e-3), BinaryCrossentropy).epochs(epochs).seed(seed).threads(1);
    trainer = trainer.validation(&scaled).metric(RocAuc::binary());
    let history = trainer.fit(&mut net, &train)?;
    std::fs::create_dir_all("out")?;
    history.save_svg("out/cancer_curves.svg")?;
    net.save_weights_with("out/cancer.safetensors", &scaling.save_with(Saver::new())?)?;

    // As another program would: weights and scaling from the file, measures as they are in the table.
    let mut net = Cancer::new(0);
    let scaling = Scaling::loaded::<Cancer>(&net.load_weights("out/cancer.safetensors")?)?;
    let mut workspace = Cancer::workspace();
    let (mut roc, mut precision) = (RocAuc::binary(), AveragePrecision::binary());
    let mut confusion = ConfusionMatrix::named(test.class_names().iter().map(String::as_str));
    for index in 0..test.len() {
        let mut x = CancerInput::from_column_slice(test.features(index));
        scaling.scale(x.as_mut_slice())?;
        let (malignant, truth) = (net.predict(&x, &mut workspace)[0], test.label(index).unwrap_or_default());
        confusion.record(truth, usize::from(malignant > 0.5));
        let (score, target) = ([malignant], [truth as f32]);
        Metric::update(&mut roc, Predictions::numbers(&score, &target, 1));
        Metric::update(&mut precision, Predictions::numbers(&score, &target, 1));
    }
    println!("\n{confusion}");
    roc.save_svg("out/cancer_roc.svg")?;
    precision.save_svg("out/cancer_precision.svg")?;
    println!("curves in out/cancer_curves.svg, out/cancer_roc.svg and out/cancer_precision.svg");
    println!("accuracy: {:.4}", confusion.accuracy());
    println!("roc auc: {:.4}", roc.result());
    Ok(())
}
