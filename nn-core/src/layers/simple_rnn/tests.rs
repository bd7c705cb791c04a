use super::*;
use crate::check::gradients;
use crate::executor::Serial;
use crate::layers::recurrent::testing::{Joined, decays_to_zero, laws, starts_and_skips_alike, trains_as_it_predicts};
use crate::layers::testing::{forward, layer};
use crate::memory::zeroed_box;

const OPTIONS: SimpleRnnOptions = SimpleRnnOptions::DEFAULT;

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<4, 3>, Seq<4, 5>, SimpleRnn<f64, 3, 5>>(&mut layer(1), &OPTIONS, 11).unwrap();
    gradients::<Seq<5, 2>, Flat<3>, SimpleRnn<f64, 2, 3, 0>>(&mut layer(2), &OPTIONS, 12).unwrap();
    gradients::<Seq<4, 3>, Seq<4, 17>, SimpleRnn<f64, 3, 17, 17, 1>>(&mut layer(3), &OPTIONS, 13).unwrap();
    gradients::<Seq<4, 2>, Flat<3>, SimpleRnn<f64, 2, 3, 3, 1>>(&mut layer(4), &OPTIONS, 14).unwrap();
    gradients::<Seq<1, 1>, Flat<1>, SimpleRnn<f64, 1, 1>>(&mut layer(5), &OPTIONS, 15).unwrap();
    for activation in [Activation::Softplus, Activation::Silu, Activation::Softmax, Activation::Linear] {
        let options = SimpleRnnOptions { activation, ..OPTIONS };
        gradients::<Seq<3, 2>, Seq<3, 4>, SimpleRnn<f64, 2, 4>>(&mut layer(6), &options, 16).unwrap();
    }
    let options = SimpleRnnOptions { recurrent_dropout: 0.4, ..OPTIONS };
    gradients::<Seq<4, 3>, Seq<4, 5>, SimpleRnn<f64, 3, 5>>(&mut layer(7), &options, 17).unwrap();
}

#[test]
fn starts_from_a_state_and_skips_padding() {
    type R<const UNITS: usize, const BACK: usize, const STATE: usize> = SimpleRnn<f64, 2, UNITS, UNITS, BACK, STATE>;
    gradients::<Flat<11>, Seq<4, 3>, Joined<R<3, 0, 0>, Flat<3>, 4, 2>>(&mut layer(8), &OPTIONS, 18).unwrap();
    gradients::<Flat<11>, Flat<3>, Joined<R<3, 1, 0>, Flat<3>, 4, 2>>(&mut layer(9), &OPTIONS, 19).unwrap();
    let options = SimpleRnnOptions { recurrent_dropout: 0.4, activation: Activation::Softsign, ..OPTIONS };
    gradients::<Flat<11>, Flat<3>, Joined<R<3, 0, 1>, Flat<3>, 4, 2>>(&mut layer(10), &options, 20).unwrap();
    starts_and_skips_alike::<SimpleRnn<f32, 3, 5>, Flat<5>, 5>(&OPTIONS);
}

#[test]
fn the_same_alone_in_a_batch_and_step_by_step() {
    laws!(SimpleRnn, 7, [7], &OPTIONS);
    laws!(SimpleRnn, 20, [0], &OPTIONS);
    laws!(SimpleRnn, 5, [5], &SimpleRnnOptions { activation: Activation::Elu(1.0), ..OPTIONS });
    trains_as_it_predicts::<f32, 5, 3, Seq<5, 19>, SimpleRnn<f32, 3, 19>>(&OPTIONS);
    trains_as_it_predicts::<f64, 5, 3, Flat<6>, SimpleRnn<f64, 3, 6, 6, 1>>(&OPTIONS);
}

#[test]
fn values_by_hand() {
    let mut rnn = zeroed_box::<SimpleRnn<f64, 1, 2>>();
    rnn.kernel.as_mut_slice().copy_from_slice(&[1.0, 2.0]);
    // Keras's memory: the weights of the first unit's state, then those of the second.
    rnn.recurrent_kernel.as_mut_slice().copy_from_slice(&[0.0, 10.0, 100.0, 0.0]);
    rnn.bias.as_mut_slice().copy_from_slice(&[0.5, 0.0]);
    let options = SimpleRnnOptions { activation: Activation::Linear, ..OPTIONS };
    let x = SMatrix::from_column_slice(&[1.0, -1.0]);
    let mut y = SMatrix::zeros();
    forward::<f64, Seq<2, 1>, Seq<2, 2>, _>(&*rnn, &options, &x, &mut y);
    assert_eq!(y.as_slice(), [1.5, 2.0, 199.5, 13.0]);
}

/// Backwards is forwards on the sequence turned round, in the order in which the outputs are made.
#[test]
fn backwards_is_forwards_turned_round() {
    let (forwards, backwards) = (layer::<f32, SimpleRnn<f32, 3, 5, 5, 0>>(1), layer::<f32, SimpleRnn<f32, 3, 5, 5, 1>>(1));
    let x = SMatrix::<f32, 3, 14>::from_fn(|f, t| ((f * 14 + t) as f32).sin());
    let turned = SMatrix::<f32, 3, 14>::from_fn(|f, t| x[(f, 13 - t)]);
    let (mut y, mut z) = (SMatrix::zeros(), SMatrix::zeros());
    forward::<f32, Seq<14, 3>, Seq<14, 5>, _>(&*forwards, &OPTIONS, &turned, &mut y);
    forward::<f32, Seq<14, 3>, Seq<14, 5>, _>(&*backwards, &OPTIONS, &x, &mut z);
    assert_eq!(y, z);
    let mut last = SVector::zeros();
    forward::<f32, Seq<14, 3>, Flat<5>, _>(&*backwards, &OPTIONS, &x, &mut last);
    assert_eq!(last, z.column(13));
}

#[test]
fn silence_is_zero() {
    let mut rnn = zeroed_box::<SimpleRnn<f32, 1, 3>>();
    rnn.kernel.fill(1.0);
    rnn.recurrent_kernel.fill_diagonal(0.5);
    decays_to_zero(&*rnn, &OPTIONS);
}

/// A layer that adds its input to what it remembers.
fn summing() -> std::boxed::Box<SimpleRnn<f64, 1, 64>> {
    let mut rnn = zeroed_box::<SimpleRnn<f64, 1, 64>>();
    rnn.kernel.fill(1.0);
    rnn.recurrent_kernel.fill_diagonal(1.0);
    rnn
}

#[test]
fn the_same_units_are_dropped_at_every_step() {
    type Out = Seq<3, 64>;
    let options = SimpleRnnOptions { activation: Activation::Linear, recurrent_dropout: 0.5, ..OPTIONS };
    let x = [SMatrix::<f64, 1, 3>::from_column_slice(&[1.0, 0.0, 0.0]); 2];
    let mut y = [SMatrix::<f64, 64, 3>::zeros(); 2];
    let (mut cache, mut scratch) = (zeroed_box(), zeroed_box());
    let training = Training::new(1, 2, &Serial);
    Layer::<f64, Seq<3, 1>, Out>::forward_train::<2>(&*summing(), &options, &x, &mut y, &mut cache, &mut scratch, &training);
    for y in &y {
        assert!(y.column(0).iter().all(|y| *y == 1.0));
        let kept = y.column(1).iter().filter(|y| **y == 2.0).count();
        assert!((16..48).contains(&kept) && y.column(1).iter().all(|y| *y == 0.0 || *y == 2.0), "{kept}");
        assert_eq!(y.column(2), y.column(1).component_mul(&y.column(1)));
    }
    assert_ne!(y[0], y[1], "samples have masks of their own");
    // A prediction drops nothing.
    Layer::<f64, Seq<3, 1>, Out>::forward_batch::<2>(&*summing(), &options, &x, &mut y, &mut scratch, &Serial);
    assert!(y[0].iter().all(|y| *y == 1.0));
}

#[test]
fn truncated_gradients_stop_where_they_are_told_to() {
    let options = |truncate| SimpleRnnOptions { activation: Activation::Linear, truncate, ..OPTIONS };
    let dx = |truncate| {
        let (x, y) = ([SMatrix::<f64, 1, 5>::zeros()], [SMatrix::<f64, 64, 5>::zeros()]);
        // Only the first unit is asked, at each step for another power of ten.
        let mut dy = [SMatrix::<f64, 64, 5>::from_fn(|u, t| if u == 0 { 10.0f64.powi(t as i32) } else { 0.0 })];
        let mut dx = [SMatrix::<f64, 1, 5>::zeros()];
        let (mut cache, mut scratch, mut out, mut gradient) = (zeroed_box(), zeroed_box(), y, zeroed_box());
        let training = Training::new(0, 0, &Serial);
        let (rnn, options) = (summing(), options(truncate));
        Layer::<f64, Seq<5, 1>, Seq<5, 64>>::forward_train::<1>(&*rnn, &options, &x, &mut out, &mut cache, &mut scratch, &training);
        let pass = Pass { x: &x[..], y: &y[..], dy: &mut dy[..], dx: Some(&mut dx[..]) };
        Layer::<f64, Seq<5, 1>, Seq<5, 64>>::backward::<1>(&*rnn, &options, pass, &mut cache, &mut gradient, &training);
        dx[0]
    };
    assert_eq!(dx(0).as_slice(), [11_111.0, 11_110.0, 11_100.0, 11_000.0, 10_000.0]);
    assert_eq!(dx(2).as_slice(), [11.0, 10.0, 1_100.0, 1_000.0, 10_000.0]);
    assert_eq!(dx(1).as_slice(), [1.0, 10.0, 100.0, 1_000.0, 10_000.0]);
}
