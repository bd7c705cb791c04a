use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward, layer, steps_as_the_whole};
use crate::memory::zeroed_box;
use nn_shape::Padding;

const OPTIONS: Conv1dOptions = Conv1dOptions::DEFAULT;
const CAUSAL: usize = 2;

#[test]
fn values_by_hand() {
    let mut conv = zeroed_box::<DepthwiseConv1d<f64, 2, 2, 1, 2>>();
    flat_mut::<f64, _>(&mut conv.kernel).copy_from_slice(&[1.0, 2.0, 10.0, 20.0]);
    conv.bias[1] = 0.5;
    let x = SMatrix::<f64, 2, 3>::from_column_slice(&[1.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    let mut y = SMatrix::zeros();
    forward::<f64, Seq<3, 2>, Seq<2, 2>, _>(&*conv, &OPTIONS, &x, &mut y);
    assert_eq!(y.as_slice(), [21.0, 62.5, 42.0, 106.5]);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<6, 3>, Seq<5, 6>, DepthwiseConv1d<f64, 2, 3, 2, 6>>(&mut layer(1), &OPTIONS, 11).unwrap();
    gradients::<Seq<7, 2>, Seq<4, 2>, DepthwiseConv1d<f64, 3, 2, 1, 2, 0, 2, 1, 1>>(&mut layer(2), &OPTIONS, 12).unwrap();
    gradients::<Seq<7, 2>, Seq<7, 4>, DepthwiseConv1d<f64, 3, 2, 2, 4, 4, 1, 2, CAUSAL>>(&mut layer(3), &OPTIONS, 13).unwrap();
    let explicit = Conv1dOptions { padding: Padding::Explicit([3, 1, 0, 0]), ..OPTIONS };
    gradients::<Seq<5, 3>, Seq<4, 3>, DepthwiseConv1d<f64, 2, 3, 1, 3, 3, 2, 2, 3>>(&mut layer(4), &explicit, 14).unwrap();
}

#[test]
fn the_same_alone_in_a_batch_and_step_by_step() {
    alone_as_in_a_batch::<f32, Seq<9, 5>, Seq<7, 10>, DepthwiseConv1d<f32, 3, 5, 2, 10>>(&layer::<f32, _>(1), &OPTIONS);
    let causal = layer::<f32, DepthwiseConv1d<f32, 3, 20, 2, 40, 40, 1, 2, CAUSAL>>(2);
    steps_as_the_whole::<f32, Seq<9, 20>, Seq<9, 40>, _>(&*causal, &OPTIONS);
    let causal = layer::<f64, DepthwiseConv1d<f64, 4, 3, 1, 3, 0, 1, 1, CAUSAL>>(3);
    steps_as_the_whole::<f64, Seq<9, 3>, Seq<9, 3>, _>(&*causal, &OPTIONS);
}
