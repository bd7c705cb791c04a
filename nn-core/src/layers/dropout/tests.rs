use super::*;
use crate::check::gradients;
use crate::executor::Serial;
use crate::layer::{Layer, Pass, Training};
use crate::layers::testing::{Backwards, alone_as_in_a_batch, steps_as_the_whole};
use crate::shape::{Flat, Seq};
use std::vec::Vec;

#[test]
fn keeps_its_share_and_the_mean_and_repeats_in_backward() {
    type F = Flat<1001>;
    let options = DropoutOptions { rate: 0.3 };
    let training = Training::new(1, 2, &Serial).layer(3);
    let x = [nalgebra::SVector::<f64, 1001>::repeat(2.0); 7];
    let mut y = x;
    Layer::<f64, F, F>::forward_train::<7>(&Dropout, &options, &x, &mut y, &mut (), &mut (), &training);
    let values: Vec<f64> = y.iter().flat_map(|y| y.iter().copied()).collect();
    let kept = values.iter().filter(|y| **y != 0.0).count() as f64 / values.len() as f64;
    let sigma = (0.3f64 * 0.7 / values.len() as f64).sqrt();
    assert!((kept - 0.7).abs() < 5.0 * sigma, "{kept}");
    assert!(values.iter().all(|y| *y == 0.0 || (*y - 2.0 / 0.7).abs() < 1e-15));
    assert_ne!(y[0], y[1], "samples have masks of their own");

    let (mut dy, mut dx) = (x, x);
    let pass = Pass { x: &x[..], y: &y[..], dy: &mut dy[..], dx: Some(&mut dx[..]) };
    Layer::<f64, F, F>::backward::<7>(&Dropout, &options, pass, &mut (), &mut Dropout, &training);
    assert_eq!(dx, y, "dy = x, so dx = y");
}

#[test]
fn inference_is_the_identity() {
    let x = nalgebra::SVector::<f32, 3>::new(1.0, -2.0, f32::NAN);
    let mut y = x * 0.0;
    let options = DropoutOptions { rate: 0.5 };
    Layer::<f32, Flat<3>, Flat<3>>::forward::<_, 1>(&Dropout, crate::simd::Portable::new(), &options, &x, &mut y, &mut ());
    assert_eq!((y[0], y[1], y[2].is_nan()), (1.0, -2.0, true));
}

#[test]
fn gradients_are_the_differences() {
    let options = DropoutOptions { rate: 0.4 };
    gradients::<Flat<7>, Flat<7>, _>(&mut Dropout, &options, 1).unwrap();
    gradients::<Seq<3, 5>, Seq<3, 5>, _>(&mut Dropout, &options, 2).unwrap();
}

#[test]
fn the_same_alone_in_a_batch_and_step_by_step() {
    let options = DropoutOptions { rate: 0.4 };
    alone_as_in_a_batch::<f32, Flat<19>, Flat<19>, _>(&Dropout, &options);
    steps_as_the_whole::<f32, Seq<9, 3>, Seq<9, 3>, _>(&Dropout, &options);
}

/// What is dropped is a function of seed, step, layer and sample, and of nothing else.
#[test]
fn masks_follow_from_seed_step_layer_and_sample() {
    type F = Flat<64>;
    let mask = |training: Training<'_>| {
        let x = [nalgebra::SVector::<f32, 64>::repeat(1.0); 2];
        let mut y = x;
        Layer::<f32, F, F>::forward_train::<2>(&Dropout, &DropoutOptions { rate: 0.5 }, &x, &mut y, &mut (), &mut (), &training);
        y
    };
    let of = |seed, step, layer| mask(Training::new(seed, step, &Serial).layer(layer));
    assert_eq!(of(1, 2, 3), mask(Training::new(1, 2, &Backwards(2)).layer(3)));
    for other in [of(2, 2, 3), of(1, 3, 3), of(1, 2, 4), of(1, 3, 2)] {
        assert_ne!(other, of(1, 2, 3));
    }
}

#[test]
fn rate_zero_drops_nothing() {
    let x = [nalgebra::SVector::<f32, 65>::repeat(2.0); 3];
    let mut y = [x[0] * 0.0; 3];
    let training = Training::new(1, 2, &Serial);
    Layer::<f32, Flat<65>, Flat<65>>::forward_train::<3>(&Dropout, &DropoutOptions::DEFAULT, &x, &mut y, &mut (), &mut (), &training);
    assert_eq!(y, x);
}
