use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward};
use nn_shape::Padding;

const OPTIONS: Pool1dOptions = Pool1dOptions::DEFAULT;
const SAME: Pool1dOptions = Pool1dOptions { padding: Padding::Same, ..OPTIONS };

#[test]
fn values_by_hand() {
    let x = SMatrix::<f64, 1, 5>::from_column_slice(&[1.0, 5.0, 0.0, 1.0, -2.0]);
    let mut y = SMatrix::<f64, 1, 3>::zeros();
    forward::<f64, Seq<5, 1>, Seq<3, 1>, _>(&MaxPool1d, &SAME, &x, &mut y);
    assert_eq!(y.as_slice(), [5.0, 1.0, -2.0]);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<7, 3>, Seq<3, 3>, _>(&mut MaxPool1d, &OPTIONS, 1).unwrap();
    gradients::<Seq<5, 2>, Seq<5, 2>, _>(&mut MaxPool1d, &Pool1dOptions { size: 3, stride: 1, ..SAME }, 2).unwrap();
    let padded = Pool1dOptions { size: 3, stride: 2, padding: Padding::Explicit([2, 1, 0, 0]), count_padding: true };
    gradients::<Seq<6, 2>, Seq<4, 2>, _>(&mut MaxPool1d, &padded, 3).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Seq<7, 19>, Seq<4, 19>, _>(&MaxPool1d, &SAME);
}
