use super::*;
use crate::shape::{Flat, Image, Seq};
use nalgebra::{SMatrix, SVector};
use std::string::ToString;
use std::{vec, vec::Vec};

const HEADS: [Activation; 12] = [
    Activation::Linear,
    Activation::Sigmoid,
    Activation::Softmax,
    Activation::LogSoftmax,
    Activation::Relu,
    Activation::LeakyRelu(0.2),
    Activation::Tanh,
    Activation::HardSigmoid,
    Activation::Gelu,
    Activation::Softplus,
    Activation::Selu,
    Activation::Mish,
];

type Matrix = SMatrix<f64, 4, 3>;

fn matrix(values: impl Fn(f64) -> f64) -> Matrix {
    Matrix::from_fn(|c, r| values((r * 4 + c) as f64))
}

fn gradient<L: Loss<f64, Seq<3, 4>>>(loss: &L, head: Activation, z: &Matrix, target: &L::Target) {
    let mut dz = Matrix::repeat(f64::NAN);
    let value = loss.sample(head, z, target, &mut dz);
    assert_eq!(value, loss.value(head, z, target), "{head:?}: the same bits with and without gradient");
    for i in 0..12 {
        let at = |step: f64| {
            let mut z = *z;
            z[i] += step;
            loss.value(head, &z, target)
        };
        let h = 1e-4;
        let expected = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
        assert!((dz[i] - expected).abs() <= 1e-6 * expected.abs().max(1e-3), "{head:?} {i}: {} {expected}", dz[i]);
    }
}

#[test]
fn gradients_equal_differences_behind_every_head() {
    let logits = matrix(|i| (i * 2.3).sin() * 1.7 + 0.1);
    let probabilities = matrix(|i| 0.5 + 0.4 * (i * 2.3).sin());
    let soft = matrix(|i| 0.5 + 0.5 * (i * 1.1).cos());
    let hard = matrix(|i| if i % 3.0 == 1.0 { 1.0 } else { 0.0 });
    for head in HEADS {
        // Where a head's values are no probabilities, the clipped function is flat or kinked: positive arguments keep away.
        let z = &if head == Activation::Linear { probabilities } else { logits };
        for target in [&soft, &hard] {
            gradient(&MeanSquaredError, head, z, target);
            gradient(&BinaryCrossentropy, head, z, target);
            gradient(&CategoricalCrossentropy, head, z, target);
            gradient(&FromLogits(BinaryCrossentropy), head, &logits, target);
            gradient(&FromLogits(CategoricalCrossentropy), head, &logits, target);
        }
        gradient(&SparseCategoricalCrossentropy, head, z, &[2, 0, 3]);
        gradient(&FromLogits(SparseCategoricalCrossentropy), head, &logits, &[2, 0, 3]);
    }
}

#[test]
fn values_are_the_formulas() {
    let (p, t) = (SVector::from([0.2, 0.7, 0.1]), SVector::from([0.0, 1.0, 0.0]));
    type Three = Flat<3>;
    let linear = Activation::Linear;
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-15, "{a} {b}");
    close(Loss::<f64, Three>::value(&MeanSquaredError, linear, &p, &t), (0.04 + 0.09 + 0.01) / 3.0);
    close(Loss::<f64, Three>::value(&BinaryCrossentropy, linear, &p, &t), -(0.8f64.ln() + 0.7f64.ln() + 0.9f64.ln()) / 3.0);
    close(Loss::<f64, Three>::value(&CategoricalCrossentropy, linear, &p, &t), -0.7f64.ln());
    close(Loss::<f64, Three>::value(&SparseCategoricalCrossentropy, linear, &p, &1), -0.7f64.ln());
    close(Loss::<f64, Three>::value(&FromLogits(SparseCategoricalCrossentropy), linear, &p.map(f64::ln), &2), -0.1f64.ln());
    close(Loss::<f64, Three>::value(&SparseCategoricalCrossentropy, Activation::Softmax, &p.map(f64::ln), &2), -0.1f64.ln());
}

#[test]
fn fused_heads_equal_the_chain_of_head_and_loss() {
    let z = matrix(|i| (i * 2.3).sin() * 1.7);
    let target = matrix(|i| if i % 4.0 == 1.0 { 1.0 } else { 0.0 });
    for (head, loss) in [(Activation::Softmax, true), (Activation::Sigmoid, false)] {
        let mut p = z;
        head.apply(4, p.as_mut_slice());
        let (mut fused, mut dp) = (Matrix::zeros(), Matrix::zeros());
        type S = Seq<3, 4>;
        let (a, b) = if loss {
            let loss = &CategoricalCrossentropy as &dyn Loss<f64, S, Target = Matrix>;
            (loss.sample(head, &z, &target, &mut fused), loss.sample(Activation::Linear, &p, &target, &mut dp))
        } else {
            let loss = &BinaryCrossentropy as &dyn Loss<f64, S, Target = Matrix>;
            (loss.sample(head, &z, &target, &mut fused), loss.sample(Activation::Linear, &p, &target, &mut dp))
        };
        head.backward_in_place(4, z.as_slice(), p.as_slice(), dp.as_mut_slice());
        assert!((a - b).abs() < 1e-14 && (fused - dp).amax() < 1e-14, "{head:?} {fused} {dp}");
    }
}

#[test]
fn sparse_is_categorical_with_one_hot_targets_on_images_too() {
    type I = Image<2, 3, 5>;
    let z: [SMatrix<f32, 5, 3>; 2] = core::array::from_fn(|h| SMatrix::from_fn(|c, w| ((h * 15 + w * 5 + c) as f32 * 1.9).sin() * 3.0));
    let labels = [[0, 4, 2], [1, 1, 3]];
    let hot: [SMatrix<f32, 5, 3>; 2] = core::array::from_fn(|h| SMatrix::from_fn(|c, w| f32::from(labels[h][w] == c as u32)));
    for head in [Activation::Softmax, Activation::Sigmoid] {
        let (mut a, mut b) = ([SMatrix::zeros(); 2], [SMatrix::zeros(); 2]);
        let sparse = Loss::<f32, I>::sample(&SparseCategoricalCrossentropy, head, &z, &labels, &mut a);
        let dense = Loss::<f32, I>::sample(&CategoricalCrossentropy, head, &z, &hot, &mut b);
        assert_eq!((sparse, a), (dense, b));
    }
}

#[test]
fn far_logits_and_certain_probabilities_stay_finite() {
    type Four = Flat<4>;
    let rows = [[1e4, -1e4, 0.0, 1.0], [1e30, -1e30, 1e30, 0.0], [-1e30; 4], [1e38, 0.0, 1.0, 2.0], [0.0, 1.0, 0.0, 1.0]];
    for z in rows.map(SVector::<f32, 4>::from) {
        for head in HEADS {
            let mut dz = z;
            let finite = |name: &str, loss: f32, dz: &SVector<f32, 4>| {
                assert!(loss.is_finite() && dz.iter().all(|x| x.is_finite()), "{name} {head:?} {z}: {loss} {dz}");
            };
            for target in [[0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 1.0, 0.5]].map(SVector::<f32, 4>::from) {
                let loss = Loss::<f32, Four>::sample(&BinaryCrossentropy, head, &z, &target, &mut dz);
                finite("binary", loss, &dz);
                let loss = Loss::<f32, Four>::sample(&FromLogits(BinaryCrossentropy), head, &z, &target, &mut dz);
                finite("binary, logits", loss, &dz);
                let loss = Loss::<f32, Four>::sample(&CategoricalCrossentropy, head, &z, &target, &mut dz);
                finite("categorical", loss, &dz);
            }
            for label in 0..4 {
                let loss = Loss::<f32, Four>::sample(&SparseCategoricalCrossentropy, head, &z, &label, &mut dz);
                finite("sparse", loss, &dz);
            }
        }
    }
    // The class of probability e^-20000: not infinitely wrong, but 2e4.
    let z = SVector::from([1e4f32, -1e4, 0.0, 1.0]);
    let mut dz = z;
    assert_eq!(Loss::<f32, Four>::sample(&SparseCategoricalCrossentropy, Activation::Softmax, &z, &1, &mut dz), 2e4);
    assert_eq!(dz, SVector::from([1.0, -1.0, 0.0, 0.0]));
    // Masked logits have probability and gradient 0; a target on one is infinitely wrong.
    let z = SVector::from([f32::NEG_INFINITY, 0.0, 0.0, f32::NEG_INFINITY]);
    let loss = Loss::<f32, Four>::sample(&SparseCategoricalCrossentropy, Activation::Softmax, &z, &1, &mut dz);
    assert!((loss - 2.0f32.ln()).abs() < 1e-7);
    assert_eq!(dz, SVector::from([0.0, -0.5, 0.5, 0.0]));
}

#[test]
fn nan_comes_out() {
    type Four = Flat<4>;
    let z = SVector::from([1.0f32, f32::NAN, 0.3, 0.2]);
    let target = SVector::from([0.0, 0.0, 1.0, 0.0]);
    for head in HEADS {
        let mut dz = target;
        assert!(Loss::<f32, Four>::sample(&MeanSquaredError, head, &z, &target, &mut dz).is_nan() && dz[1].is_nan());
        assert!(Loss::<f32, Four>::sample(&BinaryCrossentropy, head, &z, &target, &mut dz).is_nan() && dz[1].is_nan());
        assert!(Loss::<f32, Four>::sample(&CategoricalCrossentropy, head, &z, &target, &mut dz).is_nan() && dz[1].is_nan());
        assert!(Loss::<f32, Four>::sample(&FromLogits(SparseCategoricalCrossentropy), head, &z, &2, &mut dz).is_nan() && dz[1].is_nan());
    }
    let z = SVector::from([1.0f32, 2.0, 0.3, 0.2]);
    let mut dz = z;
    assert!(Loss::<f32, Four>::sample(&SparseCategoricalCrossentropy, Activation::Softmax, &z, &4, &mut dz).is_nan() && dz[1].is_nan());
    assert!(Loss::<f32, Four>::value(&SparseCategoricalCrossentropy, Activation::Softmax, &z, &u32::MAX).is_nan());
}

#[test]
fn wrong_targets_are_named() {
    type Three = Flat<3>;
    let says = |error: Result<(), TargetError>| error.unwrap_err().to_string();
    let target = |values: [f32; 3]| SVector::from(values);
    let nan = Loss::<f32, Three>::check(&MeanSquaredError, &target([1e9, f32::NAN, 0.0]));
    assert_eq!(says(nan), "number 1 of the target is NaN; expected a finite number");
    let large = Loss::<f32, Three>::check(&BinaryCrossentropy, &target([0.0, 1.0, 1.5]));
    assert_eq!(says(large), "number 2 of the target is 1.5; expected a probability, 0 to 1");
    let negative = Loss::<f32, Three>::check(&FromLogits(CategoricalCrossentropy), &target([-0.5, 1.0, 0.0]));
    assert_eq!(says(negative), "number 0 of the target is -0.5; expected a probability, 0 to 1");
    let label = Loss::<f32, Seq<2, 3>>::check(&SparseCategoricalCrossentropy, &[2, 3]);
    assert_eq!(says(label), "label 1 of the target is 3; expected 0 to 2: the network's output has 3 classes");
    let fine: Vec<Result<(), TargetError>> = vec![
        Loss::<f32, Three>::check(&MeanSquaredError, &target([-1e9, 5.0, 0.0])),
        Loss::<f32, Three>::check(&BinaryCrossentropy, &target([0.0, 1.0, 0.5])),
        Loss::<f32, Three>::check(&CategoricalCrossentropy, &target([0.0, 1.0, 0.0])),
        Loss::<f32, Seq<2, 3>>::check(&SparseCategoricalCrossentropy, &[2, 0]),
    ];
    assert!(fine.iter().all(Result::is_ok));
}
