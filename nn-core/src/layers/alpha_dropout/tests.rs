use super::*;
use crate::check::gradients;
use crate::executor::Serial;
use crate::layer::{Layer, Training};
use crate::layers::testing::{alone_as_in_a_batch, samples, steps_as_the_whole, threads_agree};
use crate::shape::{Flat, Image, Seq};

const OPTIONS: AlphaDropoutOptions = AlphaDropoutOptions { rate: 0.3 };

#[test]
fn gradients_are_the_differences() {
    gradients::<Flat<7>, Flat<7>, _>(&mut AlphaDropout, &OPTIONS, 1).unwrap();
    gradients::<Seq<3, 5>, Seq<3, 5>, _>(&mut AlphaDropout, &OPTIONS, 2).unwrap();
    gradients::<Image<2, 3, 4>, Image<2, 3, 4>, _>(&mut AlphaDropout, &OPTIONS, 3).unwrap();
}

/// Inference is the identity, in every form; training has the same bits on any number of threads.
#[test]
fn the_same_alone_in_a_batch_step_by_step_and_on_threads() {
    alone_as_in_a_batch::<f32, Flat<19>, Flat<19>, _>(&AlphaDropout, &OPTIONS);
    steps_as_the_whole::<f32, Seq<9, 3>, Seq<9, 3>, _>(&AlphaDropout, &OPTIONS);
    threads_agree::<f32, Seq<5, 3>, Seq<5, 3>, _>(&AlphaDropout, &OPTIONS);
    let x = samples::<f32, Flat<19>, 1>(1)[0];
    let mut y = x * 0.0;
    crate::layers::testing::forward::<f32, Flat<19>, Flat<19>, _>(&AlphaDropout, &OPTIONS, &x, &mut y);
    assert_eq!(x, y);
}

/// The outputs of samples that are all `x`.
fn train<const N: usize>(options: &AlphaDropoutOptions, x: f64) -> [nalgebra::SVector<f64, N>; 4] {
    let x = [nalgebra::SVector::<f64, N>::repeat(x); 4];
    let mut y = x;
    let training = Training::new(1, 2, &Serial).layer(3);
    Layer::<f64, Flat<N>, Flat<N>>::forward_train::<4>(&AlphaDropout, options, &x, &mut y, &mut (), &mut (), &training);
    y
}

#[test]
fn zero_changes_nothing() {
    assert!(train::<65>(&AlphaDropoutOptions::DEFAULT, 2.0).iter().flatten().all(|y| (*y - 2.0).abs() < 1e-15));
}

#[test]
fn keeps_mean_and_variance() {
    const N: usize = 5001;
    let mut x = [nalgebra::SVector::<f64, N>::zeros(); 4];
    for (s, x) in x.iter_mut().enumerate() {
        let zeros = *x;
        super::super::noise::map_normals(Random::new(s as u64), zeros.as_slice(), x.as_mut_slice(), |_, normal| normal);
    }
    let mut y = x;
    let training = Training::new(1, 2, &Serial);
    Layer::<f64, Flat<N>, Flat<N>>::forward_train::<4>(&AlphaDropout, &OPTIONS, &x, &mut y, &mut (), &mut (), &training);
    let n = 4.0 * N as f64;
    let mean = y.iter().flatten().sum::<f64>() / n;
    let square = y.iter().flatten().map(|y| y * y).sum::<f64>() / n;
    assert!(mean.abs() < 5.0 / n.sqrt() && (square - 1.0).abs() < 5.0 * 1.42 / n.sqrt(), "{mean} {square}");
    // The dropped ones all have one value, and their share is the rate.
    let [factor, summand] = affine(0.3);
    let dropped = y.iter().flatten().filter(|y| (**y - (factor * LIMIT + summand)).abs() < 1e-12).count() as f64 / n;
    assert!((dropped - 0.3).abs() < 5.0 * (0.21 / n).sqrt(), "{dropped}");
}
