use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward};
use crate::shape::{Image, Seq};
use nalgebra::{SMatrix, SVector};

#[test]
fn the_mean_of_each_channel() {
    let x = SMatrix::<f32, 2, 3>::from_column_slice(&[1.0, 10.0, 2.0, 20.0, 6.0, f32::NAN]);
    let mut y = SVector::zeros();
    forward::<f32, Seq<3, 2>, Flat<2>, _>(&GlobalAvgPool, &(), &x, &mut y);
    assert!(y[0] == 3.0 && y[1].is_nan());
    let image = [SMatrix::<f64, 1, 3>::from([[1.0], [2.0], [3.0]]), SMatrix::from([[4.0], [5.0], [9.0]])];
    let mut y = SVector::zeros();
    forward::<f64, Image<2, 3, 1>, Flat<1>, _>(&GlobalAvgPool, &(), &image, &mut y);
    assert_eq!(y[0], 4.0);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<5, 3>, Flat<3>, _>(&mut GlobalAvgPool, &(), 1).unwrap();
    gradients::<Image<2, 3, 4>, Flat<4>, _>(&mut GlobalAvgPool, &(), 2).unwrap();
    gradients::<Image<4, 1, 1>, Flat<1>, _>(&mut GlobalAvgPool, &(), 3).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Seq<5, 19>, Flat<19>, _>(&GlobalAvgPool, &());
    alone_as_in_a_batch::<f64, Image<2, 3, 4>, Flat<4>, _>(&GlobalAvgPool, &());
}
