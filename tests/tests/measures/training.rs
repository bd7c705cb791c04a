//! Losses and metrics in a training run.

use nalgebra::{SVector, Vector2};
use nn::Serial;
use nn::metrics::{Average, CategoricalAccuracy, F1Score, Predictions, RocAuc};
use nn::prelude::*;
use nn::train::Session;

network! {
    struct Small { input: [2], hidden: Dense(6), Tanh, out: Dense(3), Softmax }
}

network! {
    struct Steps { input: [3, 2], Dense(5), Tanh, Dense(4), Softmax }
}

network! {
    struct TwoHeads {
        input: [2],
        Dense(6), trunk: Tanh,
        policy: Dense(3, from = trunk), choice: Softmax,
        value: Dense(1, from = trunk),
        output: { choice, value },
    }
}

network! {
    struct Agent {
        input: [2],
        Dense(6), trunk: Tanh,
        policy: Dense(3, from = trunk),
        value: Dense(1, from = trunk),
        output: { policy, value },
    }
}

/// Keras's names for several outputs: each has a loss before its factor, an accuracy if it has classes, and the metrics it was given.
#[test]
fn each_of_several_outputs_has_its_loss_its_accuracy_and_its_metrics() {
    let (inputs, labels) = points(50);
    let targets: Vec<(u32, SVector<f32, 1>)> = inputs.iter().zip(&labels).map(|(x, label)| (*label, [x[0] - x[1]].into())).collect();
    let data = (&inputs[..], &targets[..]);
    let loss = (FromLogits(SparseCategoricalCrossentropy), Weighted(0.25, MeanSquaredError));
    let mut net = Agent::new(1);
    let mut trainer = Trainer::<Agent, 8>::new(Adam::new(0.01), loss)
        .metric_of("policy", CategoricalAccuracy::new())
        .metric_of("value", nn::metrics::MeanSquaredError::new())
        .epochs(2)
        .validation(&data)
        .callback(EarlyStopping::new("val_value_loss"))
        .verbose(Verbose::Quiet);
    let history = trainer.fit(&mut net, &data).unwrap();
    let keys: Vec<&str> = history.metrics().keys().map(String::as_str).filter(|key| !key.starts_with("val_")).collect();
    assert_eq!(keys, ["loss", "policy_accuracy", "policy_categorical_accuracy", "policy_loss", "value_loss", "value_mean_squared_error"]);
    for prefix in ["", "val_"] {
        let get = |name: &str| history.get(&format!("{prefix}{name}"));
        assert_eq!(get("policy_accuracy"), get("policy_categorical_accuracy"));
        for epoch in 0..2 {
            let (loss, policy, value) = (get("loss")[epoch], get("policy_loss")[epoch], get("value_loss")[epoch]);
            assert!((loss - policy - 0.25 * value).abs() < 1e-6 * loss, "{loss} {policy} {value}");
            assert!((value - get("value_mean_squared_error")[epoch]).abs() < 1e-6 * value, "{value}");
        }
    }
    let unknown = Trainer::<Agent, 8>::new(Adam::new(0.01), loss).metric_of("polcy", CategoricalAccuracy::new()).fit(&mut net, &data);
    assert_eq!(unknown.unwrap_err().to_string(), "a metric of the output `polcy`; the network has policy, value");
}

/// Weights of classes and samples for one output do not touch the other one.
#[test]
fn weights_of_one_output_are_its_own() {
    let (inputs, labels) = points(24);
    let weight = |i: usize| [0.0, 0.5, 2.0][i / 3 % 3];
    let plain: Vec<(u32, SVector<f32, 1>)> = inputs.iter().zip(&labels).map(|(x, label)| (*label, [x[0]].into())).collect();
    let weighted: Vec<(u32, (SVector<f32, 1>, f64))> = plain.iter().enumerate().map(|(i, (label, y))| (*label, (*y, weight(i)))).collect();
    let net = Agent::new(1);
    let indices: Vec<usize> = (0..24).collect();
    let classes = FromLogits(ClassWeights([0.0, 1.0, 3.0], SparseCategoricalCrossentropy));
    let mut session = Session::<Agent, 24, _, _>::new(Sgd::new(0.0), (classes, SampleWeighted(MeanSquaredError)), 1);
    let report = session.step(&mut *net.boxed_clone(), &(&inputs[..], &weighted[..]), &indices, &Serial).unwrap();
    let mut parts = Vec::new();
    session.parts(&mut |part, report| parts.push((part, report.loss, report.hits.is_some())));
    // By hand.
    let (mut workspace, mut policy, mut value) = (Agent::workspace(), 0.0, 0.0);
    for (i, (x, (label, y))) in inputs.iter().zip(&plain).enumerate() {
        let AgentOutput { policy: logits, value: output } = net.predict(x, &mut workspace);
        let total: f64 = logits.iter().map(|z| f64::from(*z).exp()).sum();
        policy -= [0.0, 1.0, 3.0][*label as usize] * (f64::from(logits[*label as usize]) - total.ln()) / 24.0;
        value += weight(i) * f64::from(output[0] - y[0]).powi(2) / 24.0;
    }
    assert_eq!((parts[0].0, parts[0].2, parts[1].0, parts[1].2), (0, true, 1, false));
    assert!((parts[0].1 - policy).abs() < 1e-6 && (parts[1].1 - value).abs() < 1e-6, "{parts:?} {policy} {value}");
    assert!((report.loss - policy - value).abs() < 1e-6);
    // A sample of weight 0 has no gradient in that output: its target may be anything.
    let mut others = weighted.clone();
    others.iter_mut().filter(|(_, (_, weight))| *weight == 0.0).for_each(|(_, (y, _))| y[0] = 1e6);
    let mut again = Session::<Agent, 24, _, _>::new(Sgd::new(0.0), (classes, SampleWeighted(MeanSquaredError)), 1);
    again.step(&mut *net.boxed_clone(), &(&inputs[..], &others[..]), &indices, &Serial).unwrap();
    assert_eq!(session.gradient().value.kernel, again.gradient().value.kernel);
    // One that is none is refused.
    others[3].1.1 = -1.0;
    let loss = (classes, SampleWeighted(MeanSquaredError));
    let error = Trainer::<Agent, 8>::new(Sgd::new(0.1), loss).fit(&mut *net.boxed_clone(), &(&inputs[..], &others[..])).unwrap_err();
    assert_eq!(error.to_string(), "training sample 3: the weight of the target is -1; expected a finite number, at least 0");
}

fn points(n: usize) -> (Vec<Vector2<f32>>, Vec<u32>) {
    let point = |i: usize| Vector2::new((i as f32 * 1.7).sin(), (i as f32 * 0.9).cos());
    (0..n).map(|i| (point(i), (i % 3) as u32)).unzip()
}

#[test]
fn metrics_appear_under_their_names_and_are_those_of_the_outputs() {
    let (inputs, labels) = points(50);
    let data = (&inputs[..], &labels[..]);
    let mut net = Small::new(1);
    let mut trainer = Trainer::<Small, 8>::new(Adam::new(0.01), SparseCategoricalCrossentropy)
        .metric(F1Score::new(Average::Macro { classes: 3 }))
        .metric(CategoricalAccuracy::new())
        .metric(RocAuc::one_vs_rest(3))
        .epochs(3)
        .validation(&data)
        .verbose(Verbose::Quiet);
    let history = trainer.fit(&mut net, &data).unwrap();
    let keys: Vec<&str> = history.metrics().keys().map(String::as_str).collect();
    let names = ["accuracy", "auc", "categorical_accuracy", "f1_score", "loss"];
    let validation = names.map(|name| format!("val_{name}"));
    assert_eq!(keys, names.into_iter().chain(validation.iter().map(String::as_str)).collect::<Vec<_>>());
    for prefix in ["", "val_"] {
        assert_eq!(history.get(&format!("{prefix}accuracy")), history.get(&format!("{prefix}categorical_accuracy")));
        assert_eq!(history.get(&format!("{prefix}f1_score")).len(), 3);
    }
    // What validation saw last is what the network predicts now.
    let (mut workspace, mut f1) = (Small::workspace(), F1Score::new(Average::Macro { classes: 3 }));
    for (x, label) in inputs.iter().zip(&labels) {
        f1.update(Predictions::labels(net.predict(x, &mut workspace).as_slice(), &[*label]));
    }
    assert_eq!(history.last("val_f1_score"), Some(f1.result()));
    // A second run starts its metrics anew.
    assert_eq!(trainer.fit(&mut net, &data).unwrap().get("f1_score").len(), 3);
}

#[test]
fn a_sample_counts_as_often_as_its_weight() {
    let (inputs, labels) = points(3);
    let inputs: Vec<Vector2<f64>> = inputs.iter().map(|x| x.cast()).collect();
    let data = (&inputs[..], &labels[..]);
    let gradient = |weights: &[f64]| {
        let mut net = <Small<f64> as Network>::new(1);
        let mut session =
            Session::<Small<f64>, 4, Sgd, SparseCategoricalCrossentropy>::new(Sgd::new(0.0), SparseCategoricalCrossentropy, 0);
        let report = session.step(&mut *net, &SampleWeights(&data, weights), &[0, 1, 2], &Serial).unwrap();
        (session.gradient().out.kernel, report.loss)
    };
    let (whole, loss) = gradient(&[2.0, 0.5, 0.0]);
    let parts = [gradient(&[1.0, 0.0, 0.0]), gradient(&[0.0, 1.0, 0.0])];
    assert!((whole - (parts[0].0 * 2.0 + parts[1].0 * 0.5)).amax() < 1e-15 && whole.amax() > 1e-3);
    assert!((loss - (parts[0].1 * 2.0 + parts[1].1 * 0.5)).abs() < 1e-15);
}

/// Keras's and PyTorch's mean: over all places of the batch that are not ignored, not sequence by sequence.
#[test]
fn the_mean_is_over_the_places_that_count() {
    let inputs: Vec<StepsInput> = (0..2).map(|i| StepsInput::from_fn(|f, t| ((i * 6 + t * 2 + f) as f32 * 1.3).sin())).collect();
    let labels = [[9, 1, 9], [0, 3, 2]];
    let loss = SparseCategoricalCrossentropy.ignore_class(9);
    let mut net = Steps::new(1);
    let mut workspace = Steps::workspace();
    let mut places = Vec::new();
    for (x, labels) in inputs.iter().zip(&labels) {
        let y = net.predict(x, &mut workspace);
        let known = labels.iter().enumerate().filter(|(_, label)| **label != 9);
        places.extend(known.map(|(t, label)| -f64::from(y[(*label as usize, t)]).ln()));
    }
    assert_eq!(places.len(), 4);
    let expected = places.iter().sum::<f64>() / 4.0;
    let mut session = Session::<Steps, 2, Sgd, SparseCategoricalCrossentropy>::new(Sgd::new(0.0), loss, 0);
    let report = session.step(&mut *net, &(&inputs[..], &labels[..]), &[0, 1], &Serial).unwrap();
    assert!((report.loss - expected).abs() < 1e-6, "{} {expected}", report.loss);
    assert_eq!((report.samples, report.counted), (2, 4.0 / 3.0));
    let evaluation = session.evaluate(&net, &(&inputs[..], &labels[..]), &Serial);
    assert!((evaluation.loss - expected).abs() < 1e-6);
    // Nothing that counts: nothing to learn, and no division by 0.
    let nothing = [[9; 3]; 2];
    let report = session.step(&mut *net, &(&inputs[..], &nothing[..]), &[0, 1], &Serial).unwrap();
    assert_eq!((report.loss, report.hits), (0.0, Some((0, 0))));
}

#[test]
fn several_outputs_learn_together() {
    let (inputs, _) = points(60);
    let target = |x: &Vector2<f32>| (u32::from(x[0] > 0.0) + u32::from(x[1] > 0.0), SVector::from([x[0] - x[1]]));
    let targets: Vec<(u32, SVector<f32, 1>)> = inputs.iter().map(target).collect();
    let data = (&inputs[..], &targets[..]);
    let loss = (SparseCategoricalCrossentropy, Weighted(0.5, Huber));
    let mut net = TwoHeads::new(3);
    let mut trainer = Trainer::<TwoHeads, 10>::new(Adam::new(0.03), loss).epochs(60).verbose(Verbose::Quiet);
    let history = trainer.fit(&mut net, &data).unwrap();
    assert!(history.last("loss").unwrap() < 0.2 * history.get("loss")[0], "{:?}", history.get("loss"));
    assert!(history.last("choice_accuracy").unwrap() > 0.9);
    let wrong: Vec<_> = targets.iter().map(|(_, value)| (3, *value)).collect();
    let error = trainer.fit(&mut net, &(&inputs[..], &wrong[..])).unwrap_err();
    assert_eq!(error.to_string(), "training sample 0: label 0 of the target is 3; expected 0 to 2: the network's output has 3 classes");
}

#[test]
fn options_and_weights_out_of_range_are_refused() {
    let (inputs, labels) = points(5);
    let data = (&inputs[..], &labels[..]);
    let mut net = Small::new(1);
    let loss = SparseCategoricalCrossentropy.label_smoothing(1.5);
    let error = Trainer::<Small, 2>::new(Sgd::default(), loss).fit(&mut net, &data).unwrap_err();
    assert_eq!(error.to_string(), "the label_smoothing of the loss is 1.5; expected a number in 0.0..1.0");
    let fit = |weights: &[f64]| {
        let mut trainer = Trainer::<Small, 2>::new(Sgd::default(), SparseCategoricalCrossentropy).verbose(Verbose::Quiet);
        trainer.fit(&mut Small::new(1), &SampleWeights(&data, weights)).map(|_| ())
    };
    assert_eq!(
        fit(&[1.0, -1.0, 1.0, 1.0, 1.0]).unwrap_err().to_string(),
        "training sample 1: its weight is -1; expected a finite number, at least 0"
    );
    assert!(matches!(fit(&[1.0; 4]), Err(FitError::SampleWeight { index: 4, .. })));
    assert!(fit(&[1.0; 5]).is_ok());
}
