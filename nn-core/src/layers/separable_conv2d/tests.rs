use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward, layer, samples, threads_agree};
use crate::memory::flat;

const OPTIONS: Conv2dOptions = Conv2dOptions::DEFAULT;
const SAME: Conv2dOptions = Conv2dOptions { padding: Padding::Same, ..OPTIONS };

/// It is its two parts, one after the other.
#[test]
fn does_what_both_parts_do() {
    type Whole = SeparableConv2d<f32, 3, 2, 3, 2, 6, 5>;
    let options = Conv2dOptions { stride: [2, 1], ..SAME };
    let (net, x) = (layer::<f32, Whole>(1), samples::<f32, Image<5, 4, 3>, 1>(2));
    let mut middle = [SMatrix::<f32, 6, 4>::zeros(); 3];
    let (mut y, mut whole) = ([SMatrix::<f32, 5, 4>::zeros(); 3], [SMatrix::<f32, 5, 4>::zeros(); 3]);
    forward::<f32, Image<5, 4, 3>, Image<3, 4, 6>, _>(&net.depthwise, &options, &x[0], &mut middle);
    forward::<f32, Image<3, 4, 6>, Image<3, 4, 5>, _>(&net.pointwise, &OPTIONS, &middle, &mut y);
    forward::<f32, Image<5, 4, 3>, Image<3, 4, 5>, _>(&*net, &options, &x[0], &mut whole);
    assert_eq!(flat::<f32, _>(&y), flat::<f32, _>(&whole));
    let macs = <Whole as Layer<f32, Image<5, 4, 3>, Image<3, 4, 5>>>::MACS;
    assert_eq!(macs, (3 * 4 * 6 * 3 * 2 + 3 * 4 * 5 * 6) as u64);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Image<4, 3, 2>, Image<3, 2, 3>, SeparableConv2d<f64, 2, 2, 2, 1, 2, 3>>(&mut layer(1), &OPTIONS, 11).unwrap();
    let options = Conv2dOptions { stride: [1, 2], dilation: [2, 1], ..SAME };
    gradients::<Image<4, 3, 2>, Image<4, 2, 3>, SeparableConv2d<f64, 2, 3, 2, 2, 4, 3, 0>>(&mut layer(2), &options, 12).unwrap();
}

#[test]
fn the_same_alone_in_a_batch_and_on_threads() {
    alone_as_in_a_batch::<f32, Image<4, 3, 9>, Image<4, 3, 17>, SeparableConv2d<f32, 3, 3, 9, 2, 18, 17>>(&layer::<f32, _>(1), &SAME);
    threads_agree::<f32, Image<4, 3, 9>, Image<4, 3, 17>, SeparableConv2d<f32, 3, 3, 9, 2, 18, 17>>(&layer::<f32, _>(2), &SAME);
}
