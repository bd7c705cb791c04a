use super::*;
use crate::check::gradients;
use crate::executor::Serial;
use crate::layer::{Layer, Training};
use crate::layers::testing::{alone_as_in_a_batch, samples, steps_as_the_whole, threads_agree};
use crate::shape::{Flat, Image, Seq};

const OPTIONS: GaussianDropoutOptions = GaussianDropoutOptions { rate: 0.2 };

#[test]
fn gradients_are_the_differences() {
    gradients::<Flat<7>, Flat<7>, _>(&mut GaussianDropout, &OPTIONS, 1).unwrap();
    gradients::<Seq<3, 5>, Seq<3, 5>, _>(&mut GaussianDropout, &OPTIONS, 2).unwrap();
    gradients::<Image<2, 3, 4>, Image<2, 3, 4>, _>(&mut GaussianDropout, &OPTIONS, 3).unwrap();
}

/// Inference is the identity, in every form; training has the same bits on any number of threads.
#[test]
fn the_same_alone_in_a_batch_step_by_step_and_on_threads() {
    alone_as_in_a_batch::<f32, Flat<19>, Flat<19>, _>(&GaussianDropout, &OPTIONS);
    steps_as_the_whole::<f32, Seq<9, 3>, Seq<9, 3>, _>(&GaussianDropout, &OPTIONS);
    threads_agree::<f32, Seq<5, 3>, Seq<5, 3>, _>(&GaussianDropout, &OPTIONS);
    let x = samples::<f32, Flat<19>, 1>(1)[0];
    let mut y = x * 0.0;
    crate::layers::testing::forward::<f32, Flat<19>, Flat<19>, _>(&GaussianDropout, &OPTIONS, &x, &mut y);
    assert_eq!(x, y);
}

/// The outputs of samples that are all `x`.
fn train<const N: usize>(options: &GaussianDropoutOptions, x: f64) -> [nalgebra::SVector<f64, N>; 4] {
    let x = [nalgebra::SVector::<f64, N>::repeat(x); 4];
    let mut y = x;
    let training = Training::new(1, 2, &Serial).layer(3);
    Layer::<f64, Flat<N>, Flat<N>>::forward_train::<4>(&GaussianDropout, options, &x, &mut y, &mut (), &mut (), &training);
    y
}

#[test]
fn zero_changes_nothing() {
    assert!(train::<65>(&GaussianDropoutOptions::DEFAULT, 2.0).iter().flatten().all(|y| (*y - 2.0).abs() < 1e-15));
}

#[test]
fn multiplies_by_numbers_of_mean_one() {
    let y = train::<5001>(&OPTIONS, 2.0);
    let values: std::vec::Vec<f64> = y.iter().flatten().map(|y| y / 2.0 - 1.0).collect();
    let n = values.len() as f64;
    let (mean, square) = (values.iter().sum::<f64>() / n, values.iter().map(|x| x * x).sum::<f64>() / n);
    // 0.2 / 0.8
    assert!(mean.abs() < 5.0 * 0.5 / n.sqrt() && (square / 0.25 - 1.0).abs() < 5.0 * 1.42 / n.sqrt(), "{mean} {square}");
    assert_ne!(y[0], y[1], "samples have noise of their own");
}
