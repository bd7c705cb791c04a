use super::*;
use crate::check::gradients;
use crate::executor::Serial;
use crate::layers::testing::{alone_as_in_a_batch, bits, forward, layer, samples, steps_as_the_whole};
use crate::layers::{BatchNorm, BatchNormOptions, Delay, Dense, DenseOptions, Dropout, DropoutOptions};
use crate::memory::zeroed_box;
use crate::shape::{Flat, Real, Seq};
use std::{string::ToString, vec, vec::Vec};

const OPTIONS: DenseOptions = DenseOptions::DEFAULT;
type Dense4<T> = Dense<T, 4, 4>;

/// Odd and even numbers of blocks use the two buffers the other way round.
#[test]
fn gradients_are_the_differences() {
    gradients::<Flat<4>, Flat<4>, Repeat<Dense4<f64>, 1>>(&mut layer(1), &OPTIONS, 11).unwrap();
    gradients::<Flat<4>, Flat<4>, Repeat<Dense4<f64>, 2>>(&mut layer(2), &OPTIONS, 12).unwrap();
    gradients::<Seq<3, 4>, Seq<3, 4>, Repeat<Dense4<f64>, 3>>(&mut layer(3), &OPTIONS, 13).unwrap();
    gradients::<Flat<4>, Flat<4>, Repeat<Dense4<f64>, 4>>(&mut layer(4), &OPTIONS, 14).unwrap();
    gradients::<Flat<3>, Flat<3>, Repeat<BatchNorm<f64, 3>, 2>>(&mut layer(5), &BatchNormOptions::DEFAULT, 15).unwrap();
    gradients::<Flat<9>, Flat<9>, Repeat<Dropout, 3>>(&mut layer::<f64, _>(6), &DropoutOptions { rate: 0.3 }, 16).unwrap();
}

fn chain<const N: usize>() {
    let repeat = layer::<f32, Repeat<Dense4<f32>, N>>(1);
    let x = samples::<f32, Flat<4>, 1>(2)[0];
    let (mut expected, mut y) = (x, x);
    for block in &repeat.blocks {
        forward::<f32, Flat<4>, Flat<4>, _>(block, &OPTIONS, &expected.clone_owned(), &mut expected);
    }
    forward::<f32, Flat<4>, Flat<4>, _>(&*repeat, &OPTIONS, &x, &mut y);
    assert_eq!(bits(y.as_slice()), bits(expected.as_slice()));
    assert_ne!(repeat[0].kernel, repeat[N - 1].kernel);
}

#[test]
fn is_the_chain_of_its_blocks() {
    chain::<2>();
    chain::<3>();
    chain::<5>();
}

#[test]
fn the_same_alone_in_a_batch_and_step_by_step() {
    alone_as_in_a_batch::<f32, Seq<3, 4>, Seq<3, 4>, Repeat<Dense4<f32>, 3>>(&layer::<f32, _>(1), &OPTIONS);
    alone_as_in_a_batch::<f32, Flat<4>, Flat<4>, Repeat<Dense4<f32>, 2>>(&layer::<f32, _>(2), &OPTIONS);
    steps_as_the_whole::<f64, Seq<9, 4>, Seq<9, 4>, Repeat<Dense4<f64>, 3>>(&layer::<f64, _>(3), &OPTIONS);
    // Three delays, each with a state of its own.
    steps_as_the_whole::<f64, Seq<9, 2>, Seq<9, 2>, Repeat<Delay, 3>>(&layer::<f64, _>(4), &());
}

#[test]
fn blocks_are_named_by_number() {
    let (mut names, repeat) = (Vec::new(), layer::<f32, Repeat<Dense4<f32>, 2>>(1));
    repeat.visit(&Place::ROOT, &mut |tensor, _| names.push(tensor.to_string()));
    assert_eq!(names, ["0.kernel", "0.bias", "1.kernel", "1.bias"]);
    assert_eq!(<Repeat<Dense4<f32>, 2> as Parameters<f32>>::NODE.count(), 40);
}

#[test]
fn blocks_start_differently_and_drop_differently() {
    let mut repeat = zeroed_box::<Repeat<Dense4<f32>, 3>>();
    Layer::<f32, Flat<4>, Flat<4>>::initialize(&mut *repeat, &OPTIONS, &mut crate::random::ChaCha::new(1));
    assert!(repeat[0].kernel != repeat[1].kernel && repeat[1].kernel != repeat[2].kernel);

    // Two blocks that drop the same elements would leave half of them, not a quarter.
    type Big = Flat<4000>;
    let options = DropoutOptions { rate: 0.5 };
    let mut x = zeroed_box::<[<Big as Shape>::Array<f32>; 1]>();
    x[0].fill(1.0);
    let (mut y, mut cache, mut scratch) = (x.clone(), zeroed_box(), zeroed_box());
    let training = Training::new(1, 0, &Serial);
    let repeat = layer::<f32, Repeat<Dropout, 2>>(1);
    Layer::<f32, Big, Big>::forward_train::<1>(&*repeat, &options, &x[..], &mut y[..], &mut cache, &mut scratch, &training);
    let kept = Big::scalars::<f32>(&y[..]).iter().filter(|y| **y == 4.0).count();
    assert!((kept as f64 - 1000.0).abs() < 5.0 * (4000.0f64 * 0.25 * 0.75).sqrt(), "{kept}");
}

#[test]
fn commit_reaches_every_block() {
    type In = Flat<2>;
    let options = BatchNormOptions { momentum: 0.0, eps: 0.0 };
    let mut repeat = layer::<f64, Repeat<BatchNorm<f64, 2>, 2>>(1);
    let (x, mut y) = (samples::<f64, In, 4>(2), samples::<f64, In, 4>(3));
    let (mut cache, mut scratch) = (zeroed_box(), zeroed_box());
    let training = Training::new(1, 0, &Serial);
    Layer::<f64, In, In>::forward_train::<4>(&*repeat, &options, &x[..], &mut y[..], &mut cache, &mut scratch, &training);
    Layer::<f64, In, In>::commit::<4>(&mut *repeat, &options, &cache);
    // The second block has seen what the first gave out: mean beta, variance gamma squared.
    for i in 0..2 {
        let (beta, gamma) = (repeat[0].beta[i], repeat[0].gamma[i]);
        assert!((repeat[1].moving_mean[i] - beta).abs() < 1e-12 && (repeat[1].moving_variance[i] - gamma * gamma).abs() < 1e-12);
    }
    assert_eq!(vec![repeat[0].moving_mean[0]], vec![x.iter().map(|x| x[0]).sum::<f64>() / 4.0]);
}
