use super::*;
use crate::check::gradients;
use crate::executor::Serial;
use crate::layer::{Layer, Training};
use crate::layers::testing::{alone_as_in_a_batch, samples, steps_as_the_whole, threads_agree};
use crate::shape::{Flat, Image, Seq};

const OPTIONS: SpatialDropoutOptions = SpatialDropoutOptions { rate: 0.4 };

#[test]
fn gradients_are_the_differences() {
    gradients::<Flat<7>, Flat<7>, _>(&mut SpatialDropout, &OPTIONS, 1).unwrap();
    gradients::<Seq<3, 5>, Seq<3, 5>, _>(&mut SpatialDropout, &OPTIONS, 2).unwrap();
    gradients::<Image<2, 3, 4>, Image<2, 3, 4>, _>(&mut SpatialDropout, &OPTIONS, 3).unwrap();
}

/// Inference is the identity, in every form; training has the same bits on any number of threads.
#[test]
fn the_same_alone_in_a_batch_step_by_step_and_on_threads() {
    alone_as_in_a_batch::<f32, Flat<19>, Flat<19>, _>(&SpatialDropout, &OPTIONS);
    steps_as_the_whole::<f32, Seq<9, 3>, Seq<9, 3>, _>(&SpatialDropout, &OPTIONS);
    threads_agree::<f32, Seq<5, 3>, Seq<5, 3>, _>(&SpatialDropout, &OPTIONS);
    let x = samples::<f32, Flat<19>, 1>(1)[0];
    let mut y = x * 0.0;
    crate::layers::testing::forward::<f32, Flat<19>, Flat<19>, _>(&SpatialDropout, &OPTIONS, &x, &mut y);
    assert_eq!(x, y);
}

/// The outputs of samples that are all `x`.
fn train<const N: usize>(options: &SpatialDropoutOptions, x: f64) -> [nalgebra::SVector<f64, N>; 4] {
    let x = [nalgebra::SVector::<f64, N>::repeat(x); 4];
    let mut y = x;
    let training = Training::new(1, 2, &Serial).layer(3);
    Layer::<f64, Flat<N>, Flat<N>>::forward_train::<4>(&SpatialDropout, options, &x, &mut y, &mut (), &mut (), &training);
    y
}

#[test]
fn zero_changes_nothing() {
    assert!(train::<65>(&SpatialDropoutOptions::DEFAULT, 2.0).iter().flatten().all(|y| (*y - 2.0).abs() < 1e-15));
}

#[test]
fn whole_channels_are_dropped() {
    type S = Image<3, 2, 500>;
    let x = samples::<f64, S, 4>(1);
    let mut y = x.clone();
    let training = Training::new(1, 2, &Serial);
    Layer::<f64, S, S>::forward_train::<4>(&SpatialDropout, &OPTIONS, &x[..], &mut y[..], &mut (), &mut (), &training);
    let mut kept = 0;
    for (x, y) in x.iter().zip(y.iter()) {
        for channel in 0..500 {
            let factor = y[0][(channel, 0)] / x[0][(channel, 0)];
            assert!(factor == 0.0 || (factor - 1.0 / 0.6).abs() < 1e-12, "{factor}");
            kept += usize::from(factor != 0.0);
            for (x, y) in x.iter().zip(y) {
                for pixel in 0..2 {
                    assert!((y[(channel, pixel)] - factor * x[(channel, pixel)]).abs() < 1e-12);
                }
            }
        }
    }
    let share = kept as f64 / 2000.0;
    assert!((share - 0.6).abs() < 5.0 * (0.24f64 / 2000.0).sqrt(), "{share}");
    assert_ne!(train::<65>(&OPTIONS, 1.0)[0], train::<65>(&OPTIONS, 1.0)[1], "samples have masks of their own");
}
