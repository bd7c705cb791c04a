//! What a training run refuses, what it says, and that nothing is half done.

use nalgebra::{SVector, Vector2};
use nn::data::Labelled;
use nn::prelude::*;

network! {
    struct Small { input: [2], hidden: Dense(4), Tanh, out: Dense(3), Softmax }
}

network! {
    struct Line { input: [2], first: Dense(4), Relu, second: Dense(1) }
}

fn samples(n: usize) -> Labelled {
    Labelled::new((0..2 * n).map(|i| i as u8).collect(), vec![2], (0..n).map(|i| (i % 3) as u8).collect(), 3, 255.0).unwrap()
}

fn trainer<'a, const B: usize>() -> Trainer<'a, Small, B, Sgd, SparseCategoricalCrossentropy> {
    Trainer::<Small, B>::new(Sgd::default(), SparseCategoricalCrossentropy).verbose(Verbose::Quiet)
}

/// Fits, expects a refusal, and that not a bit of the network has changed.
fn refusal<const B: usize>(mut trainer: Trainer<'_, Small, B, Sgd, SparseCategoricalCrossentropy>, data: &Labelled) -> FitError {
    let mut net = Small::new(1);
    let before = net.boxed_clone();
    let error = trainer.fit(&mut net, data).unwrap_err();
    assert_eq!((net.hidden.kernel, net.out.bias), (before.hidden.kernel, before.out.bias));
    error
}

#[test]
fn empty_data() {
    let (inputs, targets): ([Vector2<f32>; 0], [u32; 0]) = ([], []);
    let mut net = Small::new(1);
    let error = trainer::<1>().fit(&mut net, &(&inputs[..], &targets[..])).unwrap_err();
    assert!(matches!(error, FitError::Empty));
    assert!(matches!(trainer::<1>().evaluate(&net, &(&inputs[..], &targets[..])), Err(FitError::Empty)));
    let nothing: (&[Vector2<f32>], &[u32]) = (&inputs, &targets);
    assert!(matches!(trainer::<1>().validation(&nothing).fit(&mut net, &samples(3)), Err(FitError::EmptyValidation)));
}

#[test]
fn a_batch_larger_than_the_data() {
    let error = refusal(trainer::<8>(), &samples(5));
    assert_eq!(error.to_string(), "a batch has 8 samples, but the training data only 5: use a `Trainer<_, 5>` or smaller");
    assert!(matches!(refusal(trainer::<5>().validation_split(0.2), &samples(5)), FitError::BatchTooLarge { samples: 4, .. }));
    assert!(matches!(refusal(trainer::<0>(), &samples(5)), FitError::BatchOfZero));
}

#[test]
fn a_split_that_leaves_nothing() {
    for fraction in [1.0, -1.0, f64::NAN, 7.0] {
        let error = refusal(trainer::<1>().validation_split(fraction), &samples(5));
        assert!(matches!(error, FitError::ValidationSplit { .. }), "{fraction}: {error}");
    }
}

#[test]
fn another_shape() {
    let wide = Labelled::new(vec![0; 9], vec![3], vec![0, 1, 2], 3, 255.0).unwrap();
    assert_eq!(refusal(trainer::<1>(), &wide).to_string(), "training data: a sample has 3 values, but the network takes 2");
}

#[test]
fn a_label_the_network_has_no_output_for() {
    let many = Labelled::new(vec![0; 10], vec![2], vec![0, 1, 2, 7, 0], 10, 255.0).unwrap();
    let error = refusal(trainer::<1>(), &many);
    assert!(matches!(error, FitError::Target { index: 3, .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("sample 3") && text.contains('7') && text.contains('3'), "{text}");
    // The same in the validation data.
    assert!(matches!(refusal(trainer::<1>().validation(&many), &samples(3)), FitError::Target { data: "validation", .. }));
}

#[test]
fn no_epochs_is_an_empty_history() {
    let mut net = Small::new(1);
    let history = trainer::<2>().epochs(0).fit(&mut net, &samples(4)).unwrap();
    assert_eq!(history.epochs(), 0);
}

fn line(rate: f64) -> (Box<Line>, FitError) {
    let inputs: Vec<Vector2<f32>> = (0..8).map(|i| Vector2::new(i as f32, -(i as f32))).collect();
    let targets: Vec<SVector<f32, 1>> = (0..8).map(|i| SVector::<f32, 1>::new(i as f32)).collect();
    let mut net = Line::new(1);
    let mut trainer = Trainer::<Line, 4>::new(Sgd::new(rate), MeanSquaredError).epochs(50).verbose(Verbose::Quiet);
    let error = trainer.fit(&mut net, &(&inputs[..], &targets[..])).unwrap_err();
    (net, error)
}

#[test]
fn a_loss_that_explodes_names_step_and_layer_and_keeps_the_last_finite_weights() {
    let (net, error) = line(1e6);
    let FitError::NonFinite { source, history } = error else { panic!("{error}") };
    assert!(source.step > 1 && history.epochs() < 50, "{source:?}");
    assert!(["first", "second", "relu"].iter().any(|name| source.layer.starts_with(name)), "{source:?}");
    let weights = net.first.kernel.iter().chain(net.second.kernel.iter()).chain(net.second.bias.iter());
    assert!(weights.clone().all(|w| w.is_finite()), "{:?}", weights.collect::<Vec<_>>());
    let text = source.to_string();
    assert!(text.contains(&format!("step {}", source.step)) && text.contains(&source.layer), "{text}");
}

#[test]
fn nan_in_the_data_is_found_in_the_first_layer() {
    let inputs = [Vector2::new(1.0, f32::NAN)];
    let mut net = Line::new(1);
    let before = net.boxed_clone();
    let mut trainer = Trainer::<Line, 1>::new(Adam::default(), MeanSquaredError).verbose(Verbose::Quiet);
    let error = trainer.fit(&mut net, &(&inputs[..], &[SVector::<f32, 1>::zeros()][..])).unwrap_err();
    let FitError::NonFinite { source, .. } = error else { panic!("{error}") };
    assert_eq!((source.step, source.layer.as_str(), source.quantity), (1, "first", "activation"));
    assert_eq!(net.first.kernel, before.first.kernel);
}

#[test]
fn nan_in_an_input_comes_out_as_nan() {
    let net = Line::new(1);
    let mut workspace = Line::workspace();
    assert!(net.predict(&Vector2::new(f32::NAN, 1.0), &mut workspace)[0].is_nan());
}
