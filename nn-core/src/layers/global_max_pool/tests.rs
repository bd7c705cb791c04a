use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward};
use crate::shape::{Image, Seq};
use nalgebra::SMatrix;

#[test]
fn the_largest_of_each_channel() {
    let x = SMatrix::<f32, 3, 3>::from_column_slice(&[-1.0, 10.0, f32::NAN, -2.0, 20.0, 0.0, -6.0, 3.0, 4.0]);
    let mut y = SVector::zeros();
    forward::<f32, Seq<3, 3>, Flat<3>, _>(&GlobalMaxPool, &(), &x, &mut y);
    assert!(y[0] == -1.0 && y[1] == 20.0 && y[2].is_nan());
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<5, 3>, Flat<3>, _>(&mut GlobalMaxPool, &(), 1).unwrap();
    gradients::<Image<2, 3, 4>, Flat<4>, _>(&mut GlobalMaxPool, &(), 2).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Seq<5, 19>, Flat<19>, _>(&GlobalMaxPool, &());
}
