//! Decisions of callbacks, against Keras's for the same values: `goldens/callbacks.json`.

use super::{Net, Scripted, samples, trainer};
use nn::prelude::*;
use serde_json::Value;

fn file() -> Value {
    let path = format!("{}/goldens/callbacks.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("the file")).expect("JSON")
}

/// The cases of a kind, each with its series.
fn cases<'f>(file: &'f Value, kind: &str, count: usize) -> impl Iterator<Item = (&'f Value, Vec<f64>)> {
    let cases = file[kind].as_array().expect("cases");
    assert_eq!(cases.len(), count);
    cases.iter().map(|case| (case, numbers(&file["series"][case["series"].as_str().expect("a name")])))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect()
}

fn number(case: &Value, key: &str) -> f64 {
    case[key].as_f64().expect("a number")
}

fn size(case: &Value, key: &str) -> usize {
    case[key].as_u64().expect("a size") as usize
}

fn mode(case: &Value) -> Mode {
    if case["mode"] == "min" { Mode::Min } else { Mode::Max }
}

#[test]
fn early_stopping_stops_and_restores_as_keras() {
    let (x, y) = samples(4);
    for (case, series) in cases(&file(), "early_stopping", 128) {
        let mut early = EarlyStopping::new("metric")
            .mode(mode(case))
            .patience(size(case, "patience"))
            .min_delta(number(case, "min_delta"))
            .start_from_epoch(size(case, "start_from_epoch"))
            .restore_best_weights();
        if let Some(baseline) = case["baseline"].as_f64() {
            early = early.baseline(baseline);
        }
        let mut net = Net::new(1);
        let history = trainer()
            .epochs(series.len())
            .metric(Scripted::new(&series))
            // The weights know their epoch.
            .callback(LambdaCallback::<Net>::new().on_epoch_end(|run| run.net_mut().head.bias[0] = run.epoch() as f32))
            .callback(&mut early)
            .fit(&mut net, &(&x[..], &y[..]))
            .expect("trained");
        assert_eq!(history.epochs(), size(case, "epochs"), "{case}");
        assert_eq!(early.stopped_epoch().is_some(), case["stopped"].as_bool().expect("a flag"), "{case}");
        assert_eq!(net.head.bias[0], size(case, "restored") as f32, "{case}");
    }
}

#[test]
fn learning_rates_are_reduced_as_in_keras() {
    let (x, y) = samples(4);
    for (case, series) in cases(&file(), "reduce_lr", 128) {
        let mut rates = Vec::new();
        let reduce = ReduceLrOnPlateau::new("metric")
            .factor(0.25)
            .mode(mode(case))
            .patience(size(case, "patience"))
            .min_delta(number(case, "min_delta"))
            .cooldown(size(case, "cooldown"))
            .min_lr(number(case, "min_lr"));
        let optimizer = Adam::new(0.1);
        let history = Trainer::<Net, 4>::new(optimizer, MeanSquaredError)
            .threads(1)
            .verbose(Verbose::Quiet)
            .epochs(series.len())
            .metric(Scripted::new(&series))
            .callback(reduce)
            .callback(LambdaCallback::new().on_epoch_end(|run| rates.push(run.learning_rate())))
            .fit(&mut Net::new(1), &(&x[..], &y[..]))
            .expect("trained");
        let expected = numbers(&case["rates"]);
        assert!(rates.iter().zip(&expected).all(|(a, b)| (a - b).abs() <= 1e-15), "{case}: {rates:?}");
        // The history has the rate that the epoch was trained with.
        assert_eq!(history.get("learning_rate")[0], 0.1);
        assert_eq!(history.get("learning_rate")[1..], rates[..rates.len() - 1]);
    }
}

#[test]
fn the_best_are_saved_as_in_keras() {
    let (x, y) = samples(4);
    for (case, series) in cases(&file(), "checkpoint", 16) {
        let folder = tempfile::tempdir().expect("a folder");
        let name = folder.path().join("deep/m-{epoch}.safetensors");
        let mut checkpoint = ModelCheckpoint::new(name.to_str().expect("text")).monitor("metric").mode(mode(case)).save_best_only();
        if let Some(threshold) = case["threshold"].as_f64() {
            checkpoint = checkpoint.initial_value_threshold(threshold);
        }
        let mut trainer = trainer().epochs(series.len()).metric(Scripted::new(&series)).callback(checkpoint);
        trainer.fit(&mut Net::new(1), &(&x[..], &y[..])).expect("trained");
        let saved: Vec<usize> =
            (0..series.len()).filter(|epoch| folder.path().join(format!("deep/m-{}.safetensors", epoch + 1)).exists()).collect();
        let expected: Vec<usize> = numbers(&case["saved"]).into_iter().map(|epoch| epoch as usize).collect();
        assert_eq!(saved, expected, "{case}");
    }
}
