//! All optimisers on the same digits, from the same weights: one picture.
//!
//! cargo run --release --example 17_optimizers
//!
//! The learning rates are the defaults, but for those that a tutorial would raise as well. Pictures go to `out/`: the curves, and the search for a
//! learning rate for one of the optimisers. With `--quick` there are few epochs.

use clap::Parser;
use nn::data::Labelled;
use nn::plot::{Series, save_curves};
use nn::prelude::*;
use nn::train::optimizer::Optimizer;

network! {
    /// Handwritten digits, as in `02_digits`.
    pub struct DigitMlp {
        input: [64],
        hidden1: Dense(96, init = HeNormal), Relu, Dropout(0.2),
        hidden2: Dense(64, init = HeNormal, l2 = 1e-4), BatchNorm, Relu, Dropout(0.2),
        logits: Dense(10),
        Softmax,
    }
}

/// Compares the optimisers.
#[derive(Parser)]
struct Arguments {
    /// Everything random follows from it.
    #[arg(default_value_t = 7)]
    seed: u64,
    /// Few epochs.
    #[arg(long)]
    quick: bool,
}

/// What all runs share, and their curves.
struct Comparison {
    train: Labelled,
    test: Labelled,
    epochs: usize,
    seed: u64,
    curves: Vec<Series>,
}

impl Comparison {
    fn run(&mut self, name: &str, optimizer: impl Optimizer<f32> + Clone + Send + 'static) -> Result<(), FitError> {
        let mut net = DigitMlp::new(self.seed);
        let history = Trainer::<DigitMlp, 32>::new(optimizer, SparseCategoricalCrossentropy)
            .epochs(self.epochs)
            .seed(self.seed)
            .validation(&self.test)
            .verbose(Verbose::Quiet)
            .fit(&mut net, &self.train)?;
        let accuracy = history.get("val_accuracy");
        println!("{name:>16}: {:.4} after {} epochs", accuracy.last().copied().unwrap_or(f64::NAN), history.epochs());
        self.curves.push(Series::new(name, accuracy));
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Arguments { seed, quick } = Arguments::parse();
    let (train, test) = nn::data::digits()?.stratified_split(0.2, seed)?;
    std::fs::create_dir_all("out")?;

    let trainer = Trainer::<DigitMlp, 32>::new(Sgd::new(0.01).momentum(0.9), SparseCategoricalCrossentropy).seed(seed);
    let sweep = trainer.find_learning_rate(&DigitMlp::new(seed), &train, LrRange { start: 1e-5, end: 10.0, steps: 150 })?;
    sweep.save_svg("out/learning_rates.svg")?;
    let rate = sweep.suggestion().ok_or("no learning rate makes the loss smaller")?;
    println!("SGD with momentum learns fastest near {rate:.1e}: out/learning_rates.svg");

    let mut all = Comparison { train, test, epochs: if quick { 5 } else { 20 }, seed, curves: Vec::new() };
    all.run("SGD 0.1", Sgd::new(0.1))?;
    all.run(&format!("momentum {rate:.1e}"), Sgd::new(rate).momentum(0.9))?;
    all.run("Adagrad 0.01", Adagrad::new(0.01))?;
    all.run("Adadelta 1", Adadelta::new(1.0))?;
    all.run("RMSprop", RmsProp::default())?;
    all.run("Adam", Adam::default())?;
    all.run("AdamW", AdamW::default())?;
    all.run("Adamax", Adamax::default())?;
    all.run("Nadam", Nadam::default())?;
    all.run("Lion 3e-4", Lion::new(3e-4))?;

    save_curves("out/optimizers.svg", "Optimisers on digits", &all.curves, "epoch", "validation accuracy")?;
    println!("curves in out/optimizers.svg");
    let last = |series: &Series| series.values.last().copied().unwrap_or(0.0);
    let best = all.curves.iter().max_by(|a, b| last(a).total_cmp(&last(b))).ok_or("no curves")?;
    println!("best: {} {:.2}", best.name, last(best));
    Ok(())
}
