use super::*;
use crate::check::gradients;
use crate::layers::recurrent::testing::{Joined, decays_to_zero, laws, starts_and_skips_alike, trains_as_it_predicts};
use crate::layers::testing::layer;
use crate::memory::zeroed_box;
use crate::parameters::{Parameters, Place};
use std::vec::Vec;

const OPTIONS: GruOptions = GruOptions::DEFAULT;
const OTHER: GruOptions =
    GruOptions { activation: Activation::Silu, recurrent_activation: Activation::Softplus, recurrent_dropout: 0.3, ..OPTIONS };

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<4, 3>, Seq<4, 5>, Gru<f64, 3, 5>>(&mut layer(1), &OPTIONS, 11).unwrap();
    gradients::<Seq<3, 2>, Flat<9>, Gru<f64, 2, 9, 0>>(&mut layer(2), &OPTIONS, 12).unwrap();
    gradients::<Seq<4, 1>, Seq<4, 3>, Gru<f64, 1, 3, 3, 2, 1>>(&mut layer(3), &OPTIONS, 13).unwrap();
    gradients::<Seq<3, 2>, Seq<3, 3>, Gru<f64, 2, 3>>(&mut layer(4), &OTHER, 14).unwrap();
}

#[test]
fn gradients_with_the_reset_before() {
    gradients::<Seq<4, 3>, Seq<4, 5>, Gru<f64, 3, 5, 5, 1>>(&mut layer(5), &OPTIONS, 15).unwrap();
    gradients::<Seq<3, 2>, Flat<9>, Gru<f64, 2, 9, 0, 1, 1>>(&mut layer(6), &OPTIONS, 16).unwrap();
    gradients::<Seq<3, 2>, Seq<3, 3>, Gru<f64, 2, 3, 3, 1>>(&mut layer(7), &OTHER, 17).unwrap();
}

#[test]
fn starts_from_a_state_and_skips_padding() {
    // Gates above 1 would let the state grow with every step.
    let other = GruOptions { activation: Activation::Softsign, recurrent_dropout: 0.3, ..OPTIONS };
    gradients::<Flat<11>, Seq<4, 3>, Joined<Gru<f64, 2, 3>, Flat<3>, 4, 2>>(&mut layer(8), &OPTIONS, 18).unwrap();
    gradients::<Flat<11>, Seq<4, 3>, Joined<Gru<f64, 2, 3, 3, 1, 1>, Flat<3>, 4, 2>>(&mut layer(9), &other, 19).unwrap();
    gradients::<Flat<11>, Flat<3>, Joined<Gru<f64, 2, 3, 3, 2, 0, 1>, Flat<3>, 4, 2>>(&mut layer(10), &other, 20).unwrap();
    starts_and_skips_alike::<Gru<f32, 3, 5>, Flat<5>, 5>(&OPTIONS);
    starts_and_skips_alike::<Gru<f32, 3, 5, 5, 1>, Flat<5>, 5>(&OPTIONS);
}

#[test]
fn the_same_alone_in_a_batch_and_step_by_step() {
    laws!(Gru, 5, [5], &OPTIONS);
    laws!(Gru, 20, [0, 1], &OPTIONS);
    laws!(Gru, 5, [5, 2], &GruOptions { recurrent_activation: Activation::HardSigmoid, ..OPTIONS });
    laws!(Gru, 5, [5, 1], &GruOptions { activation: Activation::Softsign, ..OPTIONS });
    trains_as_it_predicts::<f32, 5, 3, Seq<5, 19>, Gru<f32, 3, 19>>(&OPTIONS);
    trains_as_it_predicts::<f64, 5, 3, Flat<6>, Gru<f64, 3, 6, 6, 1, 1>>(&OPTIONS);
    trains_as_it_predicts::<f64, 5, 3, Flat<6>, Gru<f64, 3, 6, 6, 2, 1>>(&GruOptions { recurrent_dropout: 0.0, ..OTHER });
}

#[test]
fn there_are_two_biases_or_one_or_none() {
    let sizes = |node: crate::parameters::Node| node.count();
    let mut seen: Vec<Vec<usize>> = Vec::new();
    zeroed_box::<Gru<f32, 3, 5>>().visit(&Place::ROOT, &mut |tensor, _| seen.push(tensor.dims.sizes().to_vec()));
    zeroed_box::<Gru<f32, 3, 5, 5, 1>>().visit(&Place::ROOT, &mut |tensor, _| seen.push(tensor.dims.sizes().to_vec()));
    assert_eq!(seen, [&[3, 15][..], &[5, 15], &[2, 15], &[3, 15], &[5, 15], &[15]]);
    assert_eq!(sizes(<Gru<f32, 3, 5, 0> as Parameters<f32>>::NODE), 120);
}

#[test]
fn silence_is_zero() {
    let mut gru = zeroed_box::<Gru<f32, 1, 3>>();
    // Update gates of a half, new values of nothing but the first input.
    gru.kernel.as_mut_slice()[6..].fill(1.0);
    decays_to_zero(&*gru, &OPTIONS);
}
