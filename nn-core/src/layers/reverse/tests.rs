use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward};
use crate::shape::{Image, Seq};
use nalgebra::SMatrix;

#[test]
fn values_by_hand() {
    let mut y = SMatrix::<f32, 2, 3>::zeros();
    forward::<f32, Seq<3, 2>, Seq<3, 2>, _>(&Reverse, &(), &SMatrix::from([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), &mut y);
    assert_eq!(y.as_slice(), [5.0, 6.0, 3.0, 4.0, 1.0, 2.0]);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<3, 2>, Seq<3, 2>, _>(&mut Reverse, &(), 1).unwrap();
    gradients::<Image<3, 2, 4>, Image<3, 2, 4>, _>(&mut Reverse, &(), 2).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Image<3, 2, 4>, Image<3, 2, 4>, _>(&Reverse, &());
}
