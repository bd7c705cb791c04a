use super::*;
use crate::check::gradients;
use crate::executor::Serial;
use crate::layers::testing::{alone_as_in_a_batch, bits, forward, layer, samples, steps_as_the_whole};
use crate::layers::{BatchNorm, BatchNormOptions, Dense, DenseOptions, Dropout, DropoutOptions, GlobalAvgPool};
use crate::memory::zeroed_box;
use crate::shape::{Image, Real, Seq};

const OPTIONS: DenseOptions = DenseOptions::DEFAULT;
type Each<T> = TimeDistributed<Dense<T, 3, 5>>;

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<4, 3>, Seq<4, 5>, Each<f64>>(&mut layer(1), &OPTIONS, 1).unwrap();
    gradients::<Image<2, 4, 3>, Image<2, 4, 5>, Each<f64>>(&mut layer(2), &OPTIONS, 2).unwrap();
    gradients::<Image<4, 2, 3>, Seq<4, 3>, TimeDistributed<GlobalAvgPool>>(&mut layer::<f64, _>(3), &(), 3).unwrap();
    gradients::<Seq<4, 3>, Seq<4, 3>, TimeDistributed<BatchNorm<f64, 3>>>(&mut layer(4), &BatchNormOptions::DEFAULT, 4).unwrap();
    gradients::<Seq<4, 3>, Seq<4, 3>, TimeDistributed<Dropout>>(&mut layer::<f64, _>(5), &DropoutOptions { rate: 0.4 }, 5).unwrap();
}

#[test]
fn a_dense_layer_on_each_step_is_a_dense_layer_on_the_sequence() {
    let each = layer::<f32, Each<f32>>(1);
    let x = samples::<f32, Seq<6, 3>, 1>(2);
    let (mut y, mut expected) = (samples::<f32, Seq<6, 5>, 1>(3), samples::<f32, Seq<6, 5>, 1>(4));
    forward::<f32, Seq<6, 3>, Seq<6, 5>, _>(&*each, &OPTIONS, &x[0], &mut y[0]);
    forward::<f32, Seq<6, 3>, Seq<6, 5>, _>(&each.block, &OPTIONS, &x[0], &mut expected[0]);
    assert_eq!(bits(y[0].as_slice()), bits(expected[0].as_slice()));
}

#[test]
fn the_same_alone_in_a_batch_and_step_by_step() {
    alone_as_in_a_batch::<f32, Seq<4, 3>, Seq<4, 5>, Each<f32>>(&layer::<f32, _>(1), &OPTIONS);
    alone_as_in_a_batch::<f32, Image<3, 4, 3>, Image<3, 4, 5>, Each<f32>>(&layer::<f32, _>(2), &OPTIONS);
    steps_as_the_whole::<f64, Seq<9, 3>, Seq<9, 5>, Each<f64>>(&layer::<f64, _>(3), &OPTIONS);
    // What needs a whole sequence may need the whole of one step.
    steps_as_the_whole::<f64, Image<5, 4, 3>, Seq<5, 3>, TimeDistributed<GlobalAvgPool>>(&layer::<f64, _>(4), &());
}

/// As Keras does it: each step has the statistics of its own batch, and the moving ones take over one after the other.
#[test]
fn a_normalisation_sees_the_steps_apart() {
    type S = Seq<3, 2>;
    let options = BatchNormOptions { momentum: 0.5, eps: 0.0 };
    let mut norm = layer::<f64, TimeDistributed<BatchNorm<f64, 2>>>(1);
    let start = norm.block.moving_mean;
    let (x, mut y) = (samples::<f64, S, 4>(2), samples::<f64, S, 4>(3));
    let (mut cache, mut scratch) = (zeroed_box(), zeroed_box());
    Layer::<f64, S, S>::forward_train::<4>(&*norm, &options, &x[..], &mut y[..], &mut cache, &mut scratch, &Training::new(1, 0, &Serial));
    Layer::<f64, S, S>::commit::<4>(&mut *norm, &options, &cache);
    for feature in 0..2 {
        let mut expected = start[feature];
        for time in 0..3 {
            let column = |batch: &[<S as Shape>::Array<f64>]| batch.iter().map(|x| x[(feature, time)]).sum::<f64>() / 4.0;
            assert!((column(&y[..]) - norm.block.beta[feature]).abs() < 1e-12, "step {time}");
            expected = 0.5 * expected + 0.5 * column(&x[..]);
        }
        assert!((norm.block.moving_mean[feature] - expected).abs() < 1e-12);
    }
}

#[test]
fn steps_drop_differently() {
    type S = Seq<2, 4000>;
    let options = DropoutOptions { rate: 0.5 };
    let mut x = zeroed_box::<[<S as Shape>::Array<f32>; 1]>();
    x[0].fill(1.0);
    let (mut y, mut cache, mut scratch) = (x.clone(), zeroed_box(), zeroed_box());
    let drop = layer::<f32, TimeDistributed<Dropout>>(1);
    Layer::<f32, S, S>::forward_train::<1>(&*drop, &options, &x[..], &mut y[..], &mut cache, &mut scratch, &Training::new(1, 0, &Serial));
    let (first, second) = S::scalars::<f32>(&y[..]).split_at(4000);
    let both = first.iter().zip(second).filter(|(a, b)| **a > 0.0 && **b > 0.0).count();
    assert!((both as f64 - 1000.0).abs() < 5.0 * (4000.0f64 * 0.25 * 0.75).sqrt(), "{both}");
}

/// The parameters are those of the block, under its names.
#[test]
fn it_has_no_name_of_its_own() {
    assert_eq!(<Each<f32> as Parameters<f32>>::NODE.count(), 3 * 5 + 5);
    let mut names = std::vec::Vec::new();
    layer::<f32, Each<f32>>(1).visit(&Place::ROOT, &mut |tensor, _| names.push(std::string::ToString::to_string(tensor)));
    assert_eq!(names, ["kernel", "bias"]);
}
