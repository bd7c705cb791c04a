use super::*;
use crate::check::gradients;
use crate::layers::recurrent::testing::{Joined, decays_to_zero, laws, starts_and_skips_alike, trains_as_it_predicts};
use crate::layers::testing::layer;
use crate::memory::zeroed_box;
use crate::parameters::{Parameters, Place};
use crate::random::ChaCha;
use std::{string::String, string::ToString, vec::Vec};

const OPTIONS: LstmOptions = LstmOptions::DEFAULT;
const OTHER: LstmOptions =
    LstmOptions { activation: Activation::Silu, recurrent_activation: Activation::Softplus, recurrent_dropout: 0.3, ..OPTIONS };

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<4, 3>, Seq<4, 5>, Lstm<f64, 3, 5>>(&mut layer(1), &OPTIONS, 11).unwrap();
    gradients::<Seq<3, 2>, Flat<9>, Lstm<f64, 2, 9, 0>>(&mut layer(2), &OPTIONS, 12).unwrap();
    gradients::<Seq<4, 1>, Seq<4, 3>, Lstm<f64, 1, 3, 3, 1>>(&mut layer(3), &OPTIONS, 13).unwrap();
    gradients::<Seq<3, 2>, Seq<3, 3>, Lstm<f64, 2, 3>>(&mut layer(4), &OTHER, 14).unwrap();
}

#[test]
fn starts_from_a_state_and_skips_padding() {
    type L<const BACK: usize, const STATE: usize> = Lstm<f64, 2, 3, 3, BACK, STATE>;
    type State = Seq<2, 3>;
    gradients::<Flat<14>, Seq<4, 3>, Joined<L<0, 0>, State, 4, 2>>(&mut layer(8), &OPTIONS, 18).unwrap();
    gradients::<Flat<14>, Seq<4, 3>, Joined<L<1, 0>, State, 4, 2>>(&mut layer(9), &OTHER, 19).unwrap();
    gradients::<Flat<14>, State, Joined<L<0, 1>, State, 4, 2>>(&mut layer(10), &OPTIONS, 20).unwrap();
    starts_and_skips_alike::<Lstm<f32, 3, 5>, Seq<2, 5>, 5>(&OPTIONS);
}

#[test]
fn the_same_alone_in_a_batch_and_step_by_step() {
    laws!(Lstm, 5, [5], &OPTIONS);
    laws!(Lstm, 20, [0], &OPTIONS);
    laws!(Lstm, 5, [5], &LstmOptions { recurrent_activation: Activation::HardSigmoid, ..OPTIONS });
    trains_as_it_predicts::<f32, 5, 3, Seq<5, 19>, Lstm<f32, 3, 19>>(&OPTIONS);
    trains_as_it_predicts::<f64, 5, 3, Flat<6>, Lstm<f64, 3, 6, 6, 1>>(&LstmOptions { recurrent_dropout: 0.0, ..OTHER });
}

#[test]
fn starts_as_keras_does() {
    let mut lstm = zeroed_box::<Lstm<f64, 3, 5>>();
    Layer::<f64, Seq<2, 3>, Flat<5>>::initialize(&mut *lstm, &OPTIONS, &mut ChaCha::new(7));
    let bias = lstm.bias.as_slice();
    assert!(bias[..5].iter().chain(&bias[10..]).all(|b| *b == 0.0) && bias[5..10].iter().all(|b| *b == 1.0));
    // Five orthonormal rows of twenty.
    let rows: Vec<&[f64]> = lstm.recurrent_kernel.as_slice().chunks(20).collect();
    for (i, a) in rows.iter().enumerate() {
        for (j, b) in rows.iter().enumerate() {
            let dot: f64 = a.iter().zip(*b).map(|(a, b)| a * b).sum();
            assert!((dot - if i == j { 1.0 } else { 0.0 }).abs() < 1e-12);
        }
    }
    let limit = (6.0f64 / 23.0).sqrt();
    assert!(lstm.kernel.as_slice().iter().all(|w| w.abs() <= limit) && lstm.kernel.as_slice().iter().any(|w| w.abs() > 0.9 * limit));
    let options = LstmOptions { unit_forget_bias: false, bias_init: Initializer::Constant(0.5), ..OPTIONS };
    Layer::<f64, Seq<2, 3>, Flat<5>>::initialize(&mut *lstm, &options, &mut ChaCha::new(7));
    assert!(lstm.bias.as_slice().iter().all(|b| *b == 0.5));
}

#[test]
fn tensors_are_as_wide_as_all_gates() {
    let mut seen: Vec<(String, Vec<usize>)> = Vec::new();
    zeroed_box::<Lstm<f32, 3, 5>>().visit(&Place::ROOT, &mut |tensor, values| {
        assert_eq!(values.len(), tensor.dims.elements());
        seen.push((tensor.to_string(), tensor.dims.sizes().to_vec()));
    });
    let expected = [("kernel", &[3, 20][..]), ("recurrent_kernel", &[5, 20]), ("bias", &[20])];
    assert_eq!(seen, expected.map(|(name, sizes)| (name.to_string(), sizes.to_vec())));
    // What is not there has no numbers.
    assert_eq!(<Lstm<f32, 3, 5, 0> as Parameters<f32>>::NODE.count(), 160);
}

#[test]
fn silence_is_zero() {
    let mut lstm = zeroed_box::<Lstm<f32, 1, 3>>();
    // Forget gates of a half, output gates wide open, new values of nothing but the first input.
    lstm.bias.as_mut_slice()[9..].fill(100.0);
    lstm.kernel.as_mut_slice()[6..9].fill(1.0);
    decays_to_zero(&*lstm, &OPTIONS);
}
