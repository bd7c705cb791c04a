use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward, layer};
use crate::memory::zeroed_box;

const OPTIONS: ConvTranspose1dOptions = ConvTranspose1dOptions::DEFAULT;

#[test]
fn values_by_hand() {
    let mut conv = zeroed_box::<ConvTranspose1d<f64, 3, 1, 1>>();
    flat_mut::<f64, _>(&mut conv.kernel).copy_from_slice(&[1.0, 10.0, 100.0]);
    conv.bias[0] = 0.5;
    let options = ConvTranspose1dOptions { stride: 2, ..OPTIONS };
    let mut y = SMatrix::<f64, 1, 5>::zeros();
    forward::<f64, Seq<2, 1>, Seq<5, 1>, _>(&*conv, &options, &SMatrix::from([[1.0], [2.0]]), &mut y);
    assert_eq!(y.as_slice(), [1.5, 10.5, 102.5, 20.5, 200.5]);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<4, 2>, Seq<6, 3>, ConvTranspose1d<f64, 3, 2, 3>>(&mut layer(1), &OPTIONS, 11).unwrap();
    let same = ConvTranspose1dOptions { stride: 2, padding: Padding::Same, ..OPTIONS };
    gradients::<Seq<3, 2>, Seq<6, 3>, ConvTranspose1d<f64, 3, 2, 3, 0>>(&mut layer(2), &same, 12).unwrap();
    let explicit = ConvTranspose1dOptions { stride: 2, dilation: 2, padding: Padding::Explicit([2, 1, 0, 0]), ..OPTIONS };
    gradients::<Seq<3, 3>, Seq<6, 2>, ConvTranspose1d<f64, 3, 3, 2>>(&mut layer(3), &explicit, 13).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    let same = ConvTranspose1dOptions { stride: 2, padding: Padding::Same, ..OPTIONS };
    alone_as_in_a_batch::<f32, Seq<5, 20>, Seq<10, 17>, ConvTranspose1d<f32, 3, 20, 17>>(&layer::<f32, _>(1), &same);
}
