//! Losses with their options, values and gradients, are those of Keras and PyTorch: f64 within 1e-9, f32 within 1e-5.

use nalgebra::SVector;
use nn::train::loss::*;
use nn::{Activation, Flat, Scalar};
use nn_tests::assert_close;
use nn_tests::golden::{Case, cases};

#[test]
fn every_case() {
    for case in cases("losses_more", 42) {
        scalar::<f64>(&case);
        scalar::<f32>(&case);
    }
}

/// All rows have three numbers.
type Row<T> = SVector<T, 3>;

fn scalar<T: Scalar>(case: &Case) {
    let head = match case.text("head") {
        "Linear" => Activation::Linear,
        "Sigmoid" => Activation::Sigmoid,
        "Softmax" => Activation::Softmax,
        other => panic!("{}: head {other}", case.title),
    };
    let name = case.text("name");
    if matches!(name, "SparseCategoricalCrossentropy" | "NegativeLogLikelihood") {
        return labels::<T>(case, name, head);
    }
    let numbers: Vec<T> = case.numbers(&["target"]).into_iter().map(T::from_f64).collect();
    let targets: Vec<Row<T>> = numbers.chunks_exact(3).map(SVector::from_column_slice).collect();
    let smoothing = option(case, "label_smoothing").unwrap_or(0.0);
    match name {
        "MeanAbsoluteError" => compare(case, MeanAbsoluteError, head, &targets),
        "MeanAbsolutePercentageError" => compare(case, MeanAbsolutePercentageError, head, &targets),
        "MeanSquaredLogarithmicError" => compare(case, MeanSquaredLogarithmicError, head, &targets),
        "RootMeanSquaredError" => compare(case, RootMeanSquaredError, head, &targets),
        "Huber" => compare(case, Huber.delta(case.number(&["options", "delta"])), head, &targets),
        "LogCosh" => compare(case, LogCosh, head, &targets),
        "Poisson" => compare(case, Poisson, head, &targets),
        "Hinge" => compare(case, Hinge, head, &targets),
        "SquaredHinge" => compare(case, SquaredHinge, head, &targets),
        "CategoricalHinge" => compare(case, CategoricalHinge, head, &targets),
        "CosineSimilarity" => compare(case, CosineSimilarity, head, &targets),
        "KlDivergence" => compare(case, KlDivergence, head, &targets),
        "CategoricalCrossentropy" => {
            let loss = CategoricalCrossentropy.label_smoothing(smoothing);
            match weights(case) {
                Some(weights) => compare(case, ClassWeights(weights, loss), head, &targets),
                None => compare(case, loss, head, &targets),
            }
        }
        "BinaryCrossentropy" => {
            let loss = BinaryCrossentropy.label_smoothing(smoothing);
            match weights(case) {
                Some(weights) => compare(case, ClassWeights::<2, _>(weights, loss), head, &targets),
                None => compare(case, loss, head, &targets),
            }
        }
        "BinaryFocalCrossentropy" => {
            let loss = BinaryFocalCrossentropy.label_smoothing(smoothing).gamma(option(case, "gamma").unwrap_or(2.0));
            let loss = option(case, "alpha").map_or(loss, |alpha| loss.alpha(alpha));
            compare(case, loss, head, &targets);
            if head == Activation::Sigmoid {
                compare(case, FromLogits(loss), Activation::Linear, &targets);
            }
        }
        "CategoricalFocalCrossentropy" => {
            let loss = CategoricalFocalCrossentropy.label_smoothing(smoothing).gamma(option(case, "gamma").unwrap_or(2.0));
            let loss = option(case, "alpha").map_or(loss, |alpha| loss.alpha(alpha));
            compare(case, loss, head, &targets);
            if head == Activation::Softmax {
                compare(case, FromLogits(loss), Activation::Linear, &targets);
            }
        }
        other => panic!("{}: {other} has no arm here", case.title),
    }
}

fn labels<T: Scalar>(case: &Case, name: &str, head: Activation) {
    let targets: Vec<u32> = case.numbers(&["target"]).into_iter().map(|label| label as u32).collect();
    let ignored = option(case, "ignore_class").map(|label| label as u32);
    if name == "NegativeLogLikelihood" {
        let loss = NegativeLogLikelihood { ignore_class: ignored };
        return match weights(case) {
            Some(weights) => compare::<T, _>(case, ClassWeights::<3, _>(weights, loss), head, &targets),
            None => compare::<T, _>(case, loss, head, &targets),
        };
    }
    let smoothing = option(case, "label_smoothing").unwrap_or(0.0);
    let loss = SparseCategoricalCrossentropy { label_smoothing: smoothing, ignore_class: ignored };
    match weights(case) {
        Some(weights) => compare::<T, _>(case, ClassWeights::<3, _>(weights, loss), head, &targets),
        None => {
            compare::<T, _>(case, loss, head, &targets);
            compare::<T, _>(case, FromLogits(loss), Activation::Linear, &targets);
        }
    }
}

fn option(case: &Case, key: &str) -> Option<f64> {
    case.keys(&["options"]).contains(&key).then(|| case.number(&["options", key]))
}

fn weights<const C: usize>(case: &Case) -> Option<[f64; C]> {
    let given = case.keys(&["options"]).contains(&"class_weights").then(|| case.numbers(&["options", "class_weights"]))?;
    Some(given.try_into().expect("as many weights as classes"))
}

/// The mean over the samples, each with the share of it that counts.
fn compare<T: Scalar, L: Loss<T, Flat<3>>>(case: &Case, loss: L, head: Activation, targets: &[L::Target]) {
    let predictions: Vec<T> = case.numbers(&["prediction"]).into_iter().map(T::from_f64).collect();
    let shares: f64 = targets.iter().map(|target| loss.share(target)).sum();
    assert_eq!(predictions.len(), 3 * targets.len(), "{}", case.title);
    assert_eq!(loss.options(), Ok(()), "{}", case.title);
    let (mut total, mut gradient) = (0.0, Vec::new());
    for (z, target) in predictions.chunks_exact(3).zip(targets) {
        loss.check(target).expect("a target");
        let (z, mut dz) = (Row::<T>::from_column_slice(z), Row::repeat(T::NAN));
        let value = loss.sample(head, &z, target, &mut dz);
        assert_eq!(value, loss.value(head, &z, target), "{}", case.title);
        total += value.to_f64() * loss.share(target);
        gradient.extend(dz.iter().map(|dz| *dz * T::from_f64(loss.share(target) / shares)));
    }
    assert_close(&format!("{}: loss, head {head:?}", case.title), &[T::from_f64(total / shares)], &[case.number(&["loss"])]);
    assert_close(&format!("{}: gradient, head {head:?}", case.title), &gradient, &case.numbers(&["gradient"]));
}
