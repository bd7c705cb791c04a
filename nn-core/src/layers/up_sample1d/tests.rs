use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward};

#[test]
fn values_by_hand() {
    let mut y = SMatrix::<f32, 2, 4>::zeros();
    forward::<f32, Seq<2, 2>, Seq<4, 2>, _>(&UpSample1d, &(), &SMatrix::from([[1.0, 2.0], [3.0, 4.0]]), &mut y);
    assert_eq!(y.as_slice(), [1.0, 2.0, 1.0, 2.0, 3.0, 4.0, 3.0, 4.0]);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<3, 2>, Seq<9, 2>, _>(&mut UpSample1d, &(), 1).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Seq<3, 2>, Seq<9, 2>, _>(&UpSample1d, &());
}
