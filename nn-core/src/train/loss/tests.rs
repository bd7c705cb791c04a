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

/// The heads whose outputs are never below 0 by more than nothing.
const POSITIVE: [Activation; 4] = [Activation::Linear, Activation::Sigmoid, Activation::Softmax, Activation::Softplus];

#[test]
fn gradients_of_regression_equal_differences_behind_every_head() {
    let logits = matrix(|i| (i * 2.3).sin() * 1.7 + 0.1);
    let target = matrix(|i| 2.0 * (i * 1.1).cos() + 0.05);
    for head in HEADS {
        gradient(&MeanAbsoluteError, head, &logits, &target);
        gradient(&MeanAbsolutePercentageError, head, &logits, &target);
        gradient(&RootMeanSquaredError, head, &logits, &target);
        gradient(&LogCosh, head, &logits, &target);
        gradient(&LogCosh, head, &logits, &(target * 4.0));
        gradient(&CosineSimilarity, head, &logits, &target);
        for delta in [0.3, 1.0] {
            gradient(&Huber.delta(delta), head, &logits, &target);
        }
        gradient(&Weighted(0.3, Huber), head, &logits, &target);
    }
    // 1e-7 is a kink, and a logarithm needs a positive argument.
    let positive = matrix(|i| 0.5 + 0.4 * (i * 2.3).sin());
    for head in POSITIVE {
        let z = if head == Activation::Linear { &positive } else { &logits };
        for target in [target.abs(), target.abs() * 100.0, matrix(|i| i)] {
            gradient(&MeanSquaredLogarithmicError, head, z, &target);
            gradient(&Poisson, head, z, &target);
        }
    }
    gradient(&MeanSquaredLogarithmicError, Activation::Tanh, &logits, &target.abs());
}

#[test]
fn gradients_of_margins_equal_differences_behind_every_head() {
    let logits = matrix(|i| (i * 2.3).sin() * 1.7 + 0.1);
    let signs = matrix(|i| if i % 3.0 == 1.0 { 1.0 } else { -1.0 });
    let hot = matrix(|i| if i % 4.0 == 1.0 { 1.0 } else { 0.0 });
    for head in HEADS {
        for target in [&signs, &hot] {
            gradient(&Hinge, head, &logits, target);
            gradient(&SquaredHinge, head, &logits, target);
        }
        gradient(&CategoricalHinge, head, &logits, &hot);
    }
    let (mut a, mut b) = (logits, logits);
    let by_zero = Loss::<f64, Seq<3, 4>>::sample(&Hinge, Activation::Linear, &logits, &hot, &mut a);
    let by_sign = Loss::<f64, Seq<3, 4>>::sample(&Hinge, Activation::Linear, &logits, &hot.map(|t| 2.0 * t - 1.0), &mut b);
    assert_eq!((by_zero, a), (by_sign, b), "0 stands for -1");
}

#[test]
fn gradients_of_distributions_equal_differences_behind_every_head() {
    let logits = matrix(|i| (i * 2.3).sin() * 1.7 + 0.1);
    let probabilities = matrix(|i| 0.5 + 0.4 * (i * 2.3).sin());
    let soft = matrix(|i| 0.5 + 0.5 * (i * 1.1).cos());
    let hard = matrix(|i| if i % 3.0 == 1.0 { 1.0 } else { 0.0 });
    let weights = [0.5, 2.0, 1.25, 0.0];
    for head in HEADS {
        let z = &if head == Activation::Linear { probabilities } else { logits };
        for target in [&soft, &hard] {
            gradient(&KlDivergence, head, z, target);
            gradient(&FromLogits(KlDivergence), head, &logits, target);
            for gamma in [0.0, 0.6, 1.0, 2.0, 3.5] {
                let loss = BinaryFocalCrossentropy.gamma(gamma);
                gradient(&loss, head, z, target);
                gradient(&FromLogits(loss.alpha(0.25).label_smoothing(0.1)), head, &logits, target);
                let loss = CategoricalFocalCrossentropy.gamma(gamma);
                gradient(&loss, head, z, target);
                gradient(&FromLogits(loss.alpha(0.7).label_smoothing(0.1)), head, &logits, target);
            }
            let loss = ClassWeights(weights, CategoricalCrossentropy.label_smoothing(0.2));
            gradient(&loss, head, z, target);
            gradient(&FromLogits(loss), head, &logits, target);
            let loss = ClassWeights([0.3, 4.0], BinaryCrossentropy.label_smoothing(0.2));
            gradient(&loss, head, z, target);
            gradient(&FromLogits(loss), head, &logits, target);
        }
        for labels in [[2, 0, 3], [2, 7, 3], [7, 7, 7]] {
            let loss = ClassWeights(weights, SparseCategoricalCrossentropy.label_smoothing(0.2).ignore_class(7));
            gradient(&loss, head, z, &labels);
            gradient(&FromLogits(loss), head, &logits, &labels);
            gradient(&NegativeLogLikelihood.ignore_class(7), head, &logits, &labels);
            gradient(&ClassWeights(weights, NegativeLogLikelihood.ignore_class(7)), head, &logits, &labels);
        }
    }
}

#[test]
fn several_outputs_add_up() {
    type Both = (Flat<3>, Seq<2, 2>);
    let loss = (CategoricalCrossentropy, Weighted(0.25, MeanSquaredError));
    let (a, b) = (SVector::from([0.2, 0.7, 0.1]), SMatrix::<f64, 2, 2>::new(1.0, 2.0, 3.0, 4.0));
    let target = (SVector::from([0.0, 1.0, 0.0]), SMatrix::<f64, 2, 2>::new(0.0, 2.0, 3.0, 6.0));
    let (mut da, mut db) = (a, b);
    let linear = Activation::Linear;
    let sum = Loss::<f64, Both>::sample(&loss, linear, (&a, &b), &target, (&mut da, &mut db));
    assert_eq!(sum, Loss::<f64, Both>::value(&loss, linear, (&a, &b), &target));
    assert!((sum - (-0.7f64.ln() + 0.25 * 5.0 / 4.0)).abs() < 1e-15, "{sum}");
    assert_eq!(db, (b - target.1) * 0.125);
    let mut alone = a;
    Loss::<f64, Flat<3>>::sample(&CategoricalCrossentropy, linear, &a, &target.0, &mut alone);
    assert_eq!(da, alone);
    assert_eq!(Loss::<f64, Both>::hits(&loss, linear, (&a, &b), &target), Some((1, 1)));
    let wrong = (target.0, target.1 * f64::NAN);
    assert!(Loss::<f64, Both>::check(&loss, &target).is_ok() && Loss::<f64, Both>::check(&loss, &wrong).is_err());
}

#[test]
fn an_ignored_class_counts_for_nothing() {
    type S = Seq<3, 4>;
    let z = matrix(|i| (i * 2.3).sin() * 1.7);
    let loss = FromLogits(SparseCategoricalCrossentropy.ignore_class(9));
    let (mut dz, mut rest) = (z, z);
    let value = Loss::<f64, S>::sample(&loss, Activation::Linear, &z, &[1, 9, 3], &mut dz);
    let plain = &FromLogits(SparseCategoricalCrossentropy) as &dyn Loss<f64, Seq<1, 4>, Target = [u32; 1]>;
    let ends = [(0, 1), (2, 3)].map(|(row, label)| plain.value(Activation::Linear, &z.column(row).into_owned(), &[label]));
    assert!((value - (ends[0] + ends[1]) / 2.0).abs() < 1e-15);
    assert_eq!(dz.column(1).amax(), 0.0);
    assert_eq!(Loss::<f64, S>::share(&loss, &[1, 9, 3]), 2.0 / 3.0);
    assert_eq!(Loss::<f64, S>::hits(&loss, Activation::Linear, &z, &[9, 9, 9]), Some((0, 0)));
    // Whatever stands there.
    let nan = Matrix::from_fn(|c, r| if r == 1 { f64::NAN } else { z[(c, r)] });
    assert_eq!(Loss::<f64, S>::sample(&loss, Activation::Linear, &nan, &[1, 9, 3], &mut rest), value);
    assert_eq!(rest, dz);
    assert_eq!(Loss::<f64, S>::sample(&loss, Activation::Linear, &z, &[9; 3], &mut dz), 0.0);
    assert_eq!(dz.amax(), 0.0);
    assert!(Loss::<f64, S>::check(&loss, &[9, 3, 0]).is_ok() && Loss::<f64, S>::check(&loss, &[9, 4, 0]).is_err());
}

#[test]
fn options_out_of_range_are_named() {
    let says = |error: Result<(), BadOption>| error.unwrap_err().to_string();
    let on = |loss: &dyn Loss<f32, Flat<2>, Target = SVector<f32, 2>>| loss.options();
    assert_eq!(says(on(&Huber.delta(0.0))), "the delta of the loss is 0; expected a finite number above 0");
    assert_eq!(
        says(on(&CategoricalCrossentropy.label_smoothing(1.0))),
        "the label_smoothing of the loss is 1; expected a number in 0.0..1.0"
    );
    assert_eq!(
        says(on(&FromLogits(ClassWeights([1.0, -2.0], CategoricalCrossentropy)))),
        "the class weight of the loss is -2; expected a finite number, at least 0"
    );
    assert_eq!(
        says(on(&FromLogits(BinaryFocalCrossentropy.gamma(f64::NAN)))),
        "the gamma of the loss is NaN; expected a finite number, at least 0"
    );
    assert_eq!(says(on(&CategoricalFocalCrossentropy.alpha(1.5))), "the alpha of the loss is 1.5; expected a number in 0.0..=1.0");
    assert_eq!(says(on(&Weighted(-1.0, Huber))), "the weight of the loss is -1; expected a finite number, at least 0");
    assert!(on(&Weighted(2.0, Huber)).is_ok() && on(&BinaryFocalCrossentropy).is_ok() && on(&BinaryCrossentropy).is_ok());
}

#[test]
fn small_and_large_errors_keep_their_digits() {
    type One = Flat<1>;
    let value = |loss: &dyn Loss<f32, One, Target = SVector<f32, 1>>, y: f32, t: f32| {
        let (y, mut dy) = (SVector::from([y]), SVector::from([0.0]));
        let value = loss.sample(Activation::Linear, &y, &SVector::from([t]), &mut dy);
        (f64::from(value), f64::from(dy[0]))
    };
    let close = |a: f64, b: f64| assert!((a - b).abs() <= 1e-6 * b.abs(), "{a} {b}");
    close(value(&LogCosh, 1e-4, 0.0).0, 0.5e-8);
    close(value(&LogCosh, 1e-10, 0.0).0, 0.5e-20);
    close(value(&LogCosh, 0.999, 0.0).0, 0.999f64.cosh().ln());
    close(value(&LogCosh, 1.001, 0.0).0, 1.001f64.cosh().ln());
    close(value(&LogCosh, -3e38, 0.0).0, 3e38);
    close(value(&MeanSquaredLogarithmicError, 1000.0, 1000.5).0, ((1.0f64 + 1000.0).ln() - (1.0f64 + 1000.5).ln()).powi(2));
    close(value(&MeanSquaredLogarithmicError, 3e38, 0.0).0, 3e38f64.ln().powi(2));
    close(value(&MeanSquaredLogarithmicError, 0.5, 3e38).0, (1.5f64.ln() - 3e38f64.ln()).powi(2));
    close(value(&Huber, 3e38, 0.0).0, 3e38);
    close(value(&RootMeanSquaredError, 3e30, 0.0).0, 3e30);
    assert_eq!(value(&RootMeanSquaredError, 2.0, 2.0), (0.0, 0.0));
    assert_eq!(value(&CosineSimilarity, 0.0, 2.0).0, 0.0);
    close(value(&CosineSimilarity, 3e38, 2e-5).0, -1.0);
    // A sure and right answer: nothing, and nothing to learn. A sure and wrong one: finite.
    for gamma in [0.0, 0.5, 2.0] {
        let loss = FromLogits(BinaryFocalCrossentropy.gamma(gamma));
        assert_eq!(value(&loss, 200.0, 1.0), (0.0, 0.0));
        close(value(&loss, -200.0, 1.0).0, 200.0);
        close(value(&loss, -200.0, 1.0).1, -1.0);
        let loss = FromLogits(CategoricalFocalCrossentropy.gamma(gamma));
        let (z, t, mut dz) = (SVector::from([1e4f32, -1e4]), SVector::from([1.0, 0.0]), SVector::zeros());
        assert_eq!(Loss::<f32, Flat<2>>::sample(&loss, Activation::Linear, &z, &t, &mut dz), 0.0);
        assert_eq!(dz.amax(), 0.0);
        let z = SVector::from([-1e4f32, 1e4]);
        assert_eq!(Loss::<f32, Flat<2>>::sample(&loss, Activation::Linear, &z, &t, &mut dz), 5e3);
        assert_eq!(dz, SVector::from([-0.25, 0.25]));
    }
}

#[test]
fn nan_comes_out_of_every_loss() {
    type Four = Flat<4>;
    let z = SVector::from([0.2f32, f32::NAN, 0.3, 0.2]);
    let target = SVector::from([0.0, 0.0, 1.0, 0.0]);
    let of = |name: &str, loss: &dyn Loss<f32, Four, Target = SVector<f32, 4>>| {
        for head in HEADS {
            let mut dz = target;
            assert!(loss.sample(head, &z, &target, &mut dz).is_nan(), "{name} {head:?}");
            assert!(loss.value(head, &z, &target).is_nan(), "{name} {head:?}");
            assert!(dz[1].is_nan(), "{name} {head:?}: {dz}");
        }
    };
    of("mae", &MeanAbsoluteError);
    of("mape", &MeanAbsolutePercentageError);
    of("msle", &MeanSquaredLogarithmicError);
    of("rmse", &RootMeanSquaredError);
    of("huber", &Huber);
    of("log-cosh", &LogCosh);
    of("poisson", &Poisson);
    of("hinge", &Hinge);
    of("squared hinge", &SquaredHinge);
    of("categorical hinge", &CategoricalHinge);
    of("kl", &KlDivergence);
    of("kl logits", &FromLogits(KlDivergence));
    of("cosine", &CosineSimilarity);
    for gamma in [0.0, 0.7, 2.0] {
        of("binary focal", &BinaryFocalCrossentropy.gamma(gamma));
        of("binary focal logits", &FromLogits(BinaryFocalCrossentropy.gamma(gamma)));
        of("categorical focal", &CategoricalFocalCrossentropy.gamma(gamma));
        of("categorical focal logits", &FromLogits(CategoricalFocalCrossentropy.gamma(gamma)));
    }
    let mut dz = target;
    assert!(Loss::<f32, Four>::sample(&NegativeLogLikelihood, Activation::LogSoftmax, &z, &2, &mut dz).is_nan());
    assert!(Loss::<f32, Four>::sample(&NegativeLogLikelihood, Activation::Linear, &target, &4, &mut dz).is_nan());
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
    let negative = Loss::<f32, Three>::check(&Poisson, &target([0.0, 3.0, -1.0]));
    assert_eq!(says(negative), "number 2 of the target is -1; expected a number of at least 0");
    let sign = Loss::<f32, Three>::check(&SquaredHinge, &target([0.0, -1.0, 0.5]));
    assert_eq!(says(sign), "number 2 of the target is 0.5; expected -1 or 1 (or 0 or 1)");
    let fine: Vec<Result<(), TargetError>> = vec![
        Loss::<f32, Three>::check(&MeanSquaredError, &target([-1e9, 5.0, 0.0])),
        Loss::<f32, Three>::check(&BinaryCrossentropy, &target([0.0, 1.0, 0.5])),
        Loss::<f32, Three>::check(&CategoricalCrossentropy, &target([0.0, 1.0, 0.0])),
        Loss::<f32, Seq<2, 3>>::check(&SparseCategoricalCrossentropy, &[2, 0]),
    ];
    assert!(fine.iter().all(Result::is_ok));
}
