//! Metrics are those of scikit-learn and Keras, whatever the batches: f64 within 1e-9.

use nn::metrics::*;
use nn_tests::golden::{Case, cases};

#[test]
fn every_case() {
    for case in cases("metrics", 47) {
        let mut metric = metric(&case);
        let expected = case.number(&["value"]);
        // All at once, one by one, and again after a reset.
        for rows in [1000, 1, 7] {
            metric.reset();
            update(&case, &mut *metric, rows);
            let value = metric.result();
            assert!((value - expected).abs() <= 1e-9 * expected.abs().max(1e-3), "{}, {rows} at a time: {value} {expected}", case.title);
        }
    }
}

fn metric(case: &Case) -> Box<dyn Metric<f64>> {
    let option = |key: &str| case.keys(&["options"]).contains(&key).then(|| case.number(&["options", key]));
    let classes = option("classes").map(|classes| classes as usize);
    let average = || match (option("threshold"), classes) {
        (Some(threshold), _) => Average::Binary { threshold },
        (None, Some(classes)) => match case.get(&["options", "average"]).as_str() {
            Some("micro") => Average::Micro { classes },
            Some("macro") => Average::Macro { classes },
            Some("weighted") => Average::Weighted { classes },
            other => panic!("{}: {other:?}", case.title),
        },
        _ => panic!("{}: no average", case.title),
    };
    match case.text("name") {
        "RocAuc" => Box::new(classes.map_or_else(RocAuc::binary, RocAuc::one_vs_rest)),
        "AveragePrecision" => Box::new(classes.map_or_else(AveragePrecision::binary, AveragePrecision::one_vs_rest)),
        "Precision" => Box::new(Precision::new(average())),
        "Recall" => Box::new(Recall::new(average())),
        "F1Score" => Box::new(F1Score::new(average())),
        "BinaryAccuracy" => Box::new(BinaryAccuracy::new().threshold(option("threshold").expect("a threshold"))),
        "CategoricalAccuracy" => Box::new(CategoricalAccuracy::new()),
        "TopKCategoricalAccuracy" => Box::new(TopKCategoricalAccuracy::new().k(option("k").expect("k") as usize)),
        "LogLoss" => Box::new(LogLoss::new()),
        "Perplexity" => Box::new(Perplexity::new()),
        "MeanSquaredError" => Box::new(MeanSquaredError::new()),
        "RootMeanSquaredError" => Box::new(RootMeanSquaredError::new()),
        "MeanAbsoluteError" => Box::new(MeanAbsoluteError::new()),
        "R2Score" => Box::new(R2Score::new(row(case))),
        "CosineSimilarity" => Box::new(CosineSimilarity::new()),
        other => panic!("{}: {other} has no arm here", case.title),
    }
}

fn row(case: &Case) -> usize {
    case.sizes("shape").get(1).copied().unwrap_or(1)
}

/// Shows the metric the case, `rows` at a time.
fn update(case: &Case, metric: &mut dyn Metric<f64>, rows: usize) {
    let (outputs, truth, row) = (case.numbers(&["outputs"]), case.numbers(&["truth"]), row(case));
    if case.text("kind") == "labels" {
        let labels: Vec<u32> = truth.into_iter().map(|label| label as u32).collect();
        for (outputs, labels) in outputs.chunks(rows * row).zip(labels.chunks(rows)) {
            metric.update(Predictions::labels(outputs, labels));
        }
    } else {
        for (outputs, targets) in outputs.chunks(rows * row).zip(truth.chunks(rows * row)) {
            metric.update(Predictions::numbers(outputs, targets, row));
        }
    }
}

#[test]
fn undefined_is_nan_and_a_nan_score_comes_out() {
    let mut auc = RocAuc::binary();
    assert!(auc.result().is_nan());
    auc.update(Predictions::numbers(&[0.2, 0.7], &[1.0, 1.0], 1));
    assert!(auc.result().is_nan(), "no no");
    auc.update(Predictions::numbers(&[f64::NAN], &[0.0], 1));
    assert!(auc.result().is_nan());
    let mut precision = AveragePrecision::binary();
    assert!(precision.result().is_nan());
    precision.update(Predictions::numbers(&[0.2, 0.7], &[0.0, 0.0], 1));
    assert_eq!(precision.result(), 0.0);
    let mut top = TopKCategoricalAccuracy::new();
    assert!(top.result().is_nan());
    top.update(Predictions::labels(&[0.3, f64::NAN, 0.2], &[1]));
    assert_eq!(top.result(), 0.0);
    let mut r2 = R2Score::new(1);
    r2.update(Predictions::numbers(&[1.0], &[1.0], 1));
    assert!(r2.result().is_nan());
    let mut recall = Recall::new(Average::BINARY);
    recall.update(Predictions::numbers(&[1.0], &[0.0], 1));
    assert_eq!(recall.result(), 0.0);
    let mut loss = LogLoss::new();
    loss.update(Predictions::labels(&[f64::NAN, 0.5], &[0]));
    assert!(loss.result().is_nan());
}

#[test]
fn of_equal_outputs_the_first_is_the_guess() {
    for (label, found) in [(0, 1.0), (1, 1.0), (2, 0.0)] {
        let mut top = TopKCategoricalAccuracy::new().k(2);
        top.update(Predictions::labels(&[0.3f32, 0.3, 0.3], &[label]));
        assert_eq!(top.result(), found, "{label}");
    }
}

#[test]
fn an_ignored_label_does_not_count() {
    let mut accuracy = CategoricalAccuracy::new().ignore_class(9);
    accuracy.update(Predictions::labels(&[0.7f32, 0.3, 0.2, 0.8, 0.1, 0.9], &[0, 9, 0]));
    assert_eq!(accuracy.result(), 0.5);
}

#[test]
#[should_panic(expected = "class 5 in a row of 3, for a metric of 3 classes")]
fn a_class_beyond_the_metric_panics() {
    F1Score::new(Average::Macro { classes: 3 }).update(Predictions::labels(&[0.1f32, 0.2, 0.7], &[5]));
}

#[test]
#[should_panic(expected = "5 outputs for 2 labels")]
fn outputs_that_are_no_rows_panic() {
    CategoricalAccuracy::new().update(Predictions::labels(&[0.1f32; 5], &[0, 1]));
}
