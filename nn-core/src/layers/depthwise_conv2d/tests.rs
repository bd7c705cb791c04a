use super::*;
use crate::check::gradients;
use crate::layers::conv2d::Conv2d;
use crate::layers::testing::{alone_as_in_a_batch, bits, forward, layer, samples};
use crate::memory::zeroed_box;
use nn_shape::Padding;

const OPTIONS: Conv2dOptions = Conv2dOptions::DEFAULT;
const SAME: Conv2dOptions = Conv2dOptions { padding: Padding::Same, ..OPTIONS };

#[test]
fn gradients_are_the_differences() {
    gradients::<Image<4, 5, 3>, Image<4, 5, 3>, DepthwiseConv2d<f64, 3, 2, 3, 1, 3>>(&mut layer(1), &SAME, 11).unwrap();
    let strided = Conv2dOptions { stride: [2, 1], dilation: [1, 2], ..OPTIONS };
    gradients::<Image<5, 6, 2>, Image<2, 2, 6>, DepthwiseConv2d<f64, 2, 3, 2, 3, 6, 0>>(&mut layer(2), &strided, 12).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Image<7, 5, 35>, Image<7, 5, 35>, DepthwiseConv2d<f32, 3, 3, 35, 1, 35>>(&layer::<f32, _>(1), &SAME);
    alone_as_in_a_batch::<f64, Image<4, 5, 3>, Image<4, 5, 6>, DepthwiseConv2d<f64, 3, 2, 3, 2, 6>>(&layer::<f64, _>(2), &SAME);
}

/// A convolution with a group for each channel is the same, weight by weight.
#[test]
fn is_a_convolution_in_groups() {
    let conv = layer::<f32, Conv2d<f32, 3, 2, 1, 6>>(1);
    let mut depthwise = zeroed_box::<DepthwiseConv2d<f32, 3, 2, 3, 2, 6>>();
    flat_mut::<f32, _>(&mut depthwise.kernel).copy_from_slice(flat(&conv.kernel));
    depthwise.bias = conv.bias;
    let x = samples::<f32, Image<4, 5, 3>, 1>(2);
    let (mut y, mut z) = ([SMatrix::<f32, 6, 5>::zeros(); 4], [SMatrix::<f32, 6, 5>::zeros(); 4]);
    forward::<f32, Image<4, 5, 3>, Image<4, 5, 6>, _>(&*conv, &SAME, &x[0], &mut y);
    forward::<f32, Image<4, 5, 3>, Image<4, 5, 6>, _>(&*depthwise, &SAME, &x[0], &mut z);
    assert_eq!(bits(flat::<f32, _>(&y)), bits(flat::<f32, _>(&z)));
}
