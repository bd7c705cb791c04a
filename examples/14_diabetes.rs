//! How a disease goes on in a year, from ten measures: a regression, a category, and R2 over folds.
//!
//! cargo run --release --example 14_diabetes
//!
//! The measures say about half of what there is to know: linear models reach an R2 of 0.48, and nothing goes much beyond.

use nn::data::{Csv, Encoding, Scaling};
use nn::metrics::{Metric, Predictions, R2Score};
use nn::prelude::*;

network! {
    /// Nine measures and two sexes in, the progression out; it starts at the mean of all patients.
    pub struct Diabetes {
        input: [11],
        hidden: Dense(16, l2 = 1.0), Relu,
        out: Dense(1, l2 = 1.0, bias_init = Constant(152.0)),
    }
}

#[derive(clap::Parser)]
struct Options {
    #[arg(long, default_value_t = 7)]
    seed: u64,
    #[arg(long, default_value_t = 120)]
    epochs: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Options { seed, epochs } = <Options as clap::Parser>::parse();
    let file = &include_bytes!("data/diabetes.csv")[..];
    let table = Csv::new().categorical("sex", Encoding::OneHot).read_from(file, "diabetes.csv")?;
    let patients = table.regression(&["progression"])?;
    println!("{} patients; features: {}\n", patients.len(), patients.feature_names().join(", "));

    // Each patient is predicted once, by a network that has not seen him or her.
    let (mut all, mut error) = (R2Score::new(1), 0.0);
    for (fold, (mut train, mut test)) in patients.k_fold(5, seed)?.enumerate() {
        let scaling = Scaling::standardize(&train);
        scaling.apply(&mut train)?;
        scaling.apply(&mut test)?;
        let mut net = Diabetes::new(seed + fold as u64);
        let mut trainer = Trainer::<Diabetes, 32>::new(Adam::new(0.02), MeanSquaredError);
        trainer = trainer.epochs(epochs).seed(seed).threads(1).verbose(Verbose::Quiet);
        trainer.fit(&mut net, &train)?;
        let mut workspace = Diabetes::workspace();
        let mut own = R2Score::new(1);
        for index in 0..test.len() {
            let x = DiabetesInput::from_column_slice(test.features(index));
            let predicted = net.predict(&x, &mut workspace);
            let pair = Predictions::numbers(predicted.as_slice(), test.target(index), 1);
            Metric::update(&mut own, pair);
            Metric::update(&mut all, pair);
            error += f64::from((predicted[0] - test.target(index)[0]).abs()) / patients.len() as f64;
        }
        println!("fold {}: r2 {:.3}", fold + 1, Metric::<f32>::result(&mut own));
    }
    println!("\nmean absolute error: {error:.1} (progressions are 25 to 346)");
    println!("r2: {:.4}", Metric::<f32>::result(&mut all));
    Ok(())
}
