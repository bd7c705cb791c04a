use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, bits, forward, layer, samples, steps_as_the_whole};
use crate::memory::zeroed_box;

const OPTIONS: Conv1dOptions = Conv1dOptions::DEFAULT;

#[test]
fn values_by_hand() {
    let mut conv = zeroed_box::<Conv1d<f64, 2, 1, 1, 1, 1, 2, CAUSAL>>();
    flat_mut::<f64, _>(&mut conv.kernel).copy_from_slice(&[1.0, 10.0]);
    conv.bias[0] = 0.5;
    let x = SMatrix::<f64, 1, 4>::from_column_slice(&[1.0, 2.0, 3.0, 4.0]);
    let mut y = SMatrix::<f64, 1, 4>::zeros();
    forward::<f64, Seq<4, 1>, Seq<4, 1>, _>(&*conv, &OPTIONS, &x, &mut y);
    assert_eq!(y.as_slice(), [10.5, 20.5, 31.5, 42.5]);
    assert_eq!(<Conv1d<f64, 2, 1, 1, 1, 1, 2, CAUSAL> as Layer<f64, Seq<4, 1>, Seq<4, 1>>>::MACS, 8);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<7, 3>, Seq<5, 2>, Conv1d<f64, 3, 3, 2>>(&mut layer(1), &OPTIONS, 11).unwrap();
    gradients::<Seq<7, 2>, Seq<4, 3>, Conv1d<f64, 3, 2, 3, 0, 2, 1, SAME>>(&mut layer(2), &OPTIONS, 12).unwrap();
    gradients::<Seq<7, 2>, Seq<7, 3>, Conv1d<f64, 3, 2, 3, 3, 1, 2, CAUSAL>>(&mut layer(3), &OPTIONS, 13).unwrap();
    let explicit = Conv1dOptions { padding: Padding::Explicit([3, 1, 0, 0]), ..OPTIONS };
    gradients::<Seq<5, 4>, Seq<4, 6>, Conv1d<f64, 2, 2, 6, 6, 2, 2, 3>>(&mut layer(4), &explicit, 14).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Seq<19, 5>, Seq<17, 40>, Conv1d<f32, 3, 5, 40>>(&layer::<f32, _>(1), &OPTIONS);
    alone_as_in_a_batch::<f64, Seq<9, 4>, Seq<9, 6>, Conv1d<f64, 3, 2, 6, 6, 1, 2, CAUSAL>>(&layer::<f64, _>(2), &OPTIONS);
}

#[test]
fn step_by_step_as_the_whole() {
    steps_as_the_whole::<f32, Seq<23, 7>, Seq<23, 20>, Conv1d<f32, 3, 7, 20, 20, 1, 1, CAUSAL>>(&layer::<f32, _>(1), &OPTIONS);
    steps_as_the_whole::<f32, Seq<23, 16>, Seq<23, 16>, Conv1d<f32, 4, 16, 16, 16, 1, 5, CAUSAL>>(&layer::<f32, _>(2), &OPTIONS);
    steps_as_the_whole::<f64, Seq<9, 1>, Seq<9, 3>, Conv1d<f64, 5, 1, 3, 0, 1, 2, CAUSAL>>(&layer::<f64, _>(3), &OPTIONS);
    steps_as_the_whole::<f64, Seq<9, 4>, Seq<9, 1>, Conv1d<f64, 3, 4, 1, 1, 1, 1, CAUSAL>>(&layer::<f64, _>(4), &OPTIONS);
    // A window of one step, and a long one: several chunks, too many weights to be compiled in, few outputs and many.
    steps_as_the_whole::<f32, Seq<5, 4>, Seq<5, 33>, Conv1d<f32, 1, 4, 33, 33, 1, 3, CAUSAL>>(&layer::<f32, _>(5), &OPTIONS);
    steps_as_the_whole::<f32, Seq<40, 17>, Seq<40, 18>, Conv1d<f32, 31, 17, 18, 18, 1, 1, CAUSAL>>(&layer::<f32, _>(6), &OPTIONS);
    steps_as_the_whole::<f32, Seq<9, 64>, Seq<9, 80>, Conv1d<f32, 3, 64, 80, 80, 1, 2, CAUSAL>>(&layer::<f32, _>(7), &OPTIONS);
    // Groups.
    steps_as_the_whole::<f32, Seq<9, 8>, Seq<9, 6>, Conv1d<f32, 3, 4, 6, 6, 1, 2, CAUSAL>>(&layer::<f32, _>(8), &OPTIONS);
    steps_as_the_whole::<f32, Seq<9, 20>, Seq<9, 20>, Conv1d<f32, 3, 1, 20, 20, 1, 2, CAUSAL>>(&layer::<f32, _>(9), &OPTIONS);
}

/// No output of a causal convolution depends on a later input.
#[test]
fn causal() {
    type Conv = Conv1d<f32, 3, 2, 5, 5, 1, 2, CAUSAL>;
    let conv = layer::<f32, Conv>(1);
    let x = samples::<f32, Seq<9, 2>, 1>(2);
    let mut y = SMatrix::<f32, 5, 9>::zeros();
    forward::<f32, Seq<9, 2>, Seq<9, 5>, _>(&*conv, &OPTIONS, &x[0], &mut y);
    for time in 0..9 {
        let (mut other, mut z) = (x[0], SMatrix::<f32, 5, 9>::zeros());
        other[(1, time)] += 1.0;
        forward::<f32, Seq<9, 2>, Seq<9, 5>, _>(&*conv, &OPTIONS, &other, &mut z);
        for t in 0..9 {
            let same = bits(y.column(t).as_slice()) == bits(z.column(t).as_slice());
            assert_eq!(same, t < time || t > time + 4 || (t - time) % 2 == 1, "input {time}, output {t}");
        }
    }
}
