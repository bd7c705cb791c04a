use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward, layer, steps_as_the_whole};
use crate::memory::zeroed_box;
use crate::random::ChaCha;
use crate::shape::{Flat, Image, Seq};

const OPTIONS: PreluOptions = PreluOptions::DEFAULT;

#[test]
fn one_slope_a_feature_below_zero() {
    let mut prelu = zeroed_box::<Prelu<f32, 3>>();
    prelu.alpha = SVector::from([0.5, 0.5, -2.0]);
    let mut y = SVector::zeros();
    forward::<f32, Flat<3>, Flat<3>, _>(&*prelu, &OPTIONS, &SVector::from([3.0, -3.0, -1.0]), &mut y);
    assert_eq!(y.as_slice(), [3.0, -1.5, 2.0]);
    forward::<f32, Flat<3>, Flat<3>, _>(&*prelu, &OPTIONS, &SVector::from([f32::NAN, 1.0, 0.0]), &mut y);
    assert!(y[0].is_nan() && y[1] == 1.0 && y[2] == 0.0);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Flat<5>, Flat<5>, Prelu<f64, 5>>(&mut layer(1), &OPTIONS, 11).unwrap();
    gradients::<Seq<3, 4>, Seq<3, 4>, Prelu<f64, 4>>(&mut layer(2), &OPTIONS, 12).unwrap();
    gradients::<Image<2, 3, 5>, Image<2, 3, 5>, Prelu<f64, 5>>(&mut layer(3), &OPTIONS, 13).unwrap();
}

#[test]
fn the_same_alone_in_a_batch_and_step_by_step() {
    let prelu = layer::<f32, Prelu<f32, 19>>(1);
    alone_as_in_a_batch::<f32, Seq<3, 19>, Seq<3, 19>, _>(&*prelu, &OPTIONS);
    steps_as_the_whole::<f32, Seq<9, 19>, Seq<9, 19>, _>(&*prelu, &OPTIONS);
}

#[test]
fn starts_at_zero_or_as_told() {
    let mut prelu = layer::<f32, Prelu<f32, 4>>(1);
    Layer::<f32, Flat<4>, Flat<4>>::initialize(&mut *prelu, &OPTIONS, &mut ChaCha::new(1));
    assert_eq!(prelu.alpha.as_slice(), [0.0; 4]);
    let options = PreluOptions { init: Initializer::Constant(0.25) };
    Layer::<f32, Flat<4>, Flat<4>>::initialize(&mut *prelu, &options, &mut ChaCha::new(1));
    assert_eq!(prelu.alpha.as_slice(), [0.25; 4]);
}
