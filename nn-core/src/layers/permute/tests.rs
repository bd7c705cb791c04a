use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward, samples};
use crate::shape::{Flat, Image, Seq};
use nalgebra::SMatrix;

#[test]
fn values_by_hand() {
    let x = SMatrix::<f32, 3, 2>::from_column_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let mut y = SMatrix::<f32, 2, 3>::zeros();
    forward::<f32, Seq<2, 3>, Seq<3, 2>, _>(&Permute::<2, 1, 0>, &(), &x, &mut y);
    assert_eq!(y, x.transpose());
    let image = samples::<f32, Image<2, 3, 4>, 1>(1);
    let mut turned = [SMatrix::<f32, 3, 2>::zeros(); 4];
    forward::<f32, Image<2, 3, 4>, Image<4, 2, 3>, _>(&Permute::<3, 1, 2>, &(), &image[0], &mut turned);
    for (c, plane) in turned.iter().enumerate() {
        assert!((0..2).all(|h| (0..3).all(|w| plane[(w, h)] == image[0][h][(c, w)])));
    }
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Flat<3>, Flat<3>, _>(&mut Permute::<1, 0, 0>, &(), 1).unwrap();
    gradients::<Seq<2, 3>, Seq<3, 2>, _>(&mut Permute::<2, 1, 0>, &(), 2).unwrap();
    gradients::<Image<2, 3, 4>, Image<3, 4, 2>, _>(&mut Permute::<2, 3, 1>, &(), 3).unwrap();
    gradients::<Image<2, 3, 4>, Image<2, 4, 3>, _>(&mut Permute::<1, 3, 2>, &(), 4).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Image<2, 3, 4>, Image<4, 3, 2>, _>(&Permute::<3, 2, 1>, &());
}
