use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward, layer};
use crate::memory::zeroed_box;

const OPTIONS: Conv2dOptions = Conv2dOptions::DEFAULT;

#[test]
fn values_by_hand() {
    let mut conv = zeroed_box::<ConvTranspose2d<f64, 1, 3, 1, 1>>();
    flat_mut::<f64, _>(&mut conv.kernel).copy_from_slice(&[1.0, 10.0, 100.0]);
    conv.bias[0] = 0.5;
    let x = [SMatrix::<f64, 1, 2>::from_column_slice(&[1.0, 2.0])];
    let options = Conv2dOptions { stride: [1, 2], ..OPTIONS };
    let mut y = [SMatrix::<f64, 1, 5>::zeros(); 1];
    forward::<f64, Image<1, 2, 1>, Image<1, 5, 1>, _>(&*conv, &options, &x, &mut y);
    assert_eq!(flat::<f64, _>(&y), [1.5, 10.5, 102.5, 20.5, 200.5]);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Image<3, 4, 2>, Image<5, 5, 3>, ConvTranspose2d<f64, 3, 2, 2, 3>>(&mut layer(1), &OPTIONS, 11).unwrap();
    let same = Conv2dOptions { stride: [2, 3], padding: Padding::Same, ..OPTIONS };
    gradients::<Image<3, 2, 2>, Image<6, 6, 3>, ConvTranspose2d<f64, 3, 2, 2, 3, 0>>(&mut layer(2), &same, 12).unwrap();
    let explicit = Conv2dOptions { stride: [2, 1], dilation: [1, 2], padding: Padding::Explicit([1, 0, 1, 1]), ..OPTIONS };
    gradients::<Image<2, 3, 3>, Image<4, 5, 2>, ConvTranspose2d<f64, 3, 3, 3, 2>>(&mut layer(3), &explicit, 13).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    let same = Conv2dOptions { stride: [2, 2], padding: Padding::Same, ..OPTIONS };
    alone_as_in_a_batch::<f32, Image<4, 3, 20>, Image<8, 6, 17>, ConvTranspose2d<f32, 3, 3, 20, 17>>(&layer::<f32, _>(1), &same);
}
