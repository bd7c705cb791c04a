use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward, samples};
use crate::shape::Image;
use crate::simd::Portable;
use nalgebra::SMatrix;

#[test]
fn values_by_hand() {
    let x = SMatrix::<f32, 2, 3>::from_column_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, f32::NAN]);
    let mut y = SVector::repeat(9.0);
    forward::<f32, Seq<3, 2>, Flat<2>, _>(&First, &(), &x, &mut y);
    assert_eq!(y.as_slice(), [1.0, 2.0]);
    forward::<f32, Seq<3, 2>, Flat<2>, _>(&Last, &(), &x, &mut y);
    assert!(y[0] == 5.0 && y[1].is_nan());
    let image = samples::<f32, Image<2, 3, 4>, 1>(1);
    let mut row = SMatrix::zeros();
    forward::<f32, Image<2, 3, 4>, Seq<3, 4>, _>(&Last, &(), &image[0], &mut row);
    assert_eq!(row, image[0][1]);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<5, 3>, Flat<3>, _>(&mut Last, &(), 1).unwrap();
    gradients::<Seq<5, 3>, Flat<3>, _>(&mut First, &(), 2).unwrap();
    gradients::<Image<3, 2, 4>, Seq<2, 4>, _>(&mut Last, &(), 3).unwrap();
    gradients::<Image<3, 2, 4>, Seq<2, 4>, _>(&mut First, &(), 4).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Seq<5, 3>, Flat<3>, _>(&Last, &());
    alone_as_in_a_batch::<f32, Image<3, 2, 4>, Seq<2, 4>, _>(&First, &());
}

#[test]
fn after_the_last_step_a_stream_has_the_whole() {
    let x = samples::<f32, Seq<4, 3>, 1>(1);
    let (mut whole, mut y) = (SVector::zeros(), SVector::zeros());
    forward::<f32, Seq<4, 3>, Flat<3>, _>(&Last, &(), &x[0], &mut whole);
    for step in Seq::<4, 3>::steps::<f32>(&x[..]) {
        Stream::<f32, Seq<4, 3>, Flat<3>>::advance(&Last, Portable::new(), &(), step, &mut y, &mut (), &mut ());
    }
    assert_eq!(y, whole);
}
