//! Losses, values and gradients, are those of Keras and PyTorch: f64 within 1e-9, f32 within 1e-5.
//!
//! A loss on logits must come out of a network that ends in a softmax or sigmoid too, where the loss sees the same logits.

use nalgebra::SVector;
use nn::train::loss::{BinaryCrossentropy, CategoricalCrossentropy, FromLogits, Loss, MeanSquaredError, SparseCategoricalCrossentropy};
use nn::{Activation, Flat, Scalar};
use nn_tests::assert_close;
use nn_tests::golden::{Case, cases};

#[test]
fn every_case() {
    for case in cases("losses", 12) {
        scalar::<f64>(&case);
        scalar::<f32>(&case);
    }
}

/// The rows of a case are vectors of one of these lengths.
fn scalar<T: Scalar>(case: &Case) {
    match case.sizes("shape")[..] {
        [_, 1] => rows::<T, 1>(case),
        [_, 2] => rows::<T, 2>(case),
        [_, 3] => rows::<T, 3>(case),
        [_, 4] => rows::<T, 4>(case),
        [_, 5] => rows::<T, 5>(case),
        ref other => panic!("{}: shape {other:?} has no arm here", case.title),
    }
}

fn rows<T: Scalar, const N: usize>(case: &Case) {
    let numbers: Vec<T> = case.numbers(&["target"]).into_iter().map(T::from_f64).collect();
    let vectors: Vec<SVector<T, N>> = numbers.chunks_exact(N).map(SVector::from_column_slice).collect();
    let labels: Vec<u32> = case.numbers(&["target"]).into_iter().map(|label| label as u32).collect();
    let (linear, sigmoid, softmax) = (Activation::Linear, Activation::Sigmoid, Activation::Softmax);
    match (case.text("name"), case.flag(&["from_logits"])) {
        ("MeanSquaredError", false) => loss::<T, N, _>(case, MeanSquaredError, linear, &vectors),
        ("BinaryCrossentropy", false) => loss::<T, N, _>(case, BinaryCrossentropy, linear, &vectors),
        ("BinaryCrossentropy", true) => {
            loss::<T, N, _>(case, FromLogits(BinaryCrossentropy), linear, &vectors);
            loss::<T, N, _>(case, BinaryCrossentropy, sigmoid, &vectors);
        }
        ("CategoricalCrossentropy", false) => loss::<T, N, _>(case, CategoricalCrossentropy, linear, &vectors),
        ("CategoricalCrossentropy", true) => {
            loss::<T, N, _>(case, FromLogits(CategoricalCrossentropy), linear, &vectors);
            loss::<T, N, _>(case, CategoricalCrossentropy, softmax, &vectors);
        }
        ("SparseCategoricalCrossentropy", false) => loss::<T, N, _>(case, SparseCategoricalCrossentropy, linear, &labels),
        ("SparseCategoricalCrossentropy", true) => {
            loss::<T, N, _>(case, FromLogits(SparseCategoricalCrossentropy), linear, &labels);
            loss::<T, N, _>(case, SparseCategoricalCrossentropy, softmax, &labels);
        }
        other => panic!("{}: {other:?} has no arm here", case.title),
    }
}

fn loss<T: Scalar, const N: usize, L: Loss<T, Flat<N>>>(case: &Case, loss: L, head: Activation, targets: &[L::Target]) {
    let predictions: Vec<T> = case.numbers(&["prediction"]).into_iter().map(T::from_f64).collect();
    let samples = case.sizes("shape")[0];
    assert_eq!((predictions.len(), targets.len()), (samples * N, samples), "{}", case.title);
    let (mut total, mut gradient) = (0.0, Vec::new());
    for (z, target) in predictions.chunks_exact(N).zip(targets) {
        loss.check(target).expect("a target");
        let (z, mut dz) = (SVector::<T, N>::from_column_slice(z), SVector::repeat(T::ONE));
        let value = loss.sample(head, &z, target, &mut dz);
        assert_eq!(value, loss.value(head, &z, target), "{}", case.title);
        total += value.to_f64();
        gradient.extend(dz.iter().map(|dz| *dz / T::from_usize(samples)));
    }
    assert_close(&format!("{}: loss, head {head:?}", case.title), &[T::from_f64(total / samples as f64)], &[case.number(&["loss"])]);
    assert_close(&format!("{}: gradient, head {head:?}", case.title), &gradient, &case.numbers(&["gradient"]));
}
