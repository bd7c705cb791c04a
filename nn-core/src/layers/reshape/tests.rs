use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward};
use crate::shape::{Image, Seq};
use nalgebra::{SMatrix, SVector};

#[test]
fn keeps_the_order_of_memory() {
    let image: [SMatrix<f32, 2, 3>; 2] = core::array::from_fn(|h| SMatrix::from_fn(|c, w| (h * 6 + w * 2 + c) as f32));
    let (mut vector, mut sequence) = (SVector::<f32, 12>::zeros(), SMatrix::<f32, 4, 3>::zeros());
    forward::<f32, Image<2, 3, 2>, Flat<12>, _>(&Flatten, &(), &image, &mut vector);
    assert!(vector.iter().enumerate().all(|(i, x)| *x == i as f32));
    forward::<f32, Flat<12>, Seq<3, 4>, _>(&Reshape, &(), &vector, &mut sequence);
    assert!(sequence.iter().enumerate().all(|(i, x)| *x == i as f32));
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Image<2, 3, 4>, Flat<24>, _>(&mut Flatten, &(), 1).unwrap();
    gradients::<Flat<24>, Image<4, 3, 2>, _>(&mut Reshape, &(), 2).unwrap();
    gradients::<Seq<2, 6>, Seq<4, 3>, _>(&mut Reshape, &(), 3).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Image<2, 3, 4>, Flat<24>, _>(&Flatten, &());
    alone_as_in_a_batch::<f64, Flat<24>, Seq<4, 6>, _>(&Reshape, &());
}
