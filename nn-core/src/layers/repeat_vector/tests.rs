use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward};

#[test]
fn values_by_hand() {
    let mut y = SMatrix::<f32, 2, 3>::zeros();
    forward::<f32, Flat<2>, Seq<3, 2>, _>(&RepeatVector, &(), &SVector::from([1.0, 2.0]), &mut y);
    assert_eq!(y.as_slice(), [1.0, 2.0, 1.0, 2.0, 1.0, 2.0]);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Flat<3>, Seq<4, 3>, _>(&mut RepeatVector, &(), 1).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Flat<3>, Seq<4, 3>, _>(&RepeatVector, &());
}
