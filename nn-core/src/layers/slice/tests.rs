use super::*;
use crate::check::gradients;
use crate::layers::concat::Concat;
use crate::layers::testing::{alone_as_in_a_batch, forward, samples, steps_as_the_whole};
use nalgebra::SMatrix;

const FROM_ONE: SliceOptions = SliceOptions { start: 1 };

#[test]
fn values_by_hand() {
    let x = SMatrix::<f32, 3, 2>::from_column_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let mut features = SMatrix::<f32, 2, 2>::zeros();
    forward::<f32, Seq<2, 3>, Seq<2, 2>, _>(&Slice::<-1>, &FROM_ONE, &x, &mut features);
    assert_eq!(features.as_slice(), [2.0, 3.0, 5.0, 6.0]);
    let mut steps = SMatrix::<f32, 3, 1>::zeros();
    forward::<f32, Seq<2, 3>, Seq<1, 3>, _>(&Slice::<1>, &FROM_ONE, &x, &mut steps);
    assert_eq!(steps.as_slice(), [4.0, 5.0, 6.0]);
}

#[test]
fn takes_apart_what_concat_joined() {
    let (a, b) = (samples::<f32, Image<2, 3, 4>, 1>(1), samples::<f32, Image<2, 1, 4>, 1>(2));
    let (mut both, mut c) = ([SMatrix::zeros(); 2], [SMatrix::zeros(); 2]);
    forward::<f32, (Image<2, 3, 4>, Image<2, 1, 4>), Image<2, 4, 4>, _>(&Concat::<2>, &(), (&a[0], &b[0]), &mut both);
    forward::<f32, Image<2, 4, 4>, Image<2, 1, 4>, _>(&Slice::<-2>, &SliceOptions { start: 3 }, &both, &mut c);
    assert_eq!(c, b[0]);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Flat<5>, Flat<3>, _>(&mut Slice::<1>, &FROM_ONE, 1).unwrap();
    gradients::<Seq<5, 3>, Seq<2, 3>, _>(&mut Slice::<1>, &SliceOptions { start: 2 }, 2).unwrap();
    gradients::<Image<2, 5, 3>, Image<2, 3, 3>, _>(&mut Slice::<2>, &FROM_ONE, 3).unwrap();
    gradients::<Image<2, 3, 4>, Image<2, 3, 2>, _>(&mut Slice::<-1>, &SliceOptions::DEFAULT, 4).unwrap();
}

#[test]
fn the_same_alone_in_a_batch_and_step_by_step() {
    alone_as_in_a_batch::<f32, Image<2, 5, 3>, Image<2, 3, 3>, _>(&Slice::<2>, &FROM_ONE);
    steps_as_the_whole::<f32, Seq<5, 4>, Seq<5, 2>, _>(&Slice::<-1>, &FROM_ONE);
    steps_as_the_whole::<f32, Seq<5, 4>, Seq<5, 2>, _>(&Slice::<2>, &FROM_ONE);
    steps_as_the_whole::<f32, Image<3, 4, 2>, Image<3, 2, 2>, _>(&Slice::<2>, &FROM_ONE);
    steps_as_the_whole::<f32, Image<3, 4, 2>, Image<3, 2, 2>, _>(&Slice::<-2>, &FROM_ONE);
    steps_as_the_whole::<f64, Image<3, 2, 4>, Image<3, 2, 2>, _>(&Slice::<3>, &FROM_ONE);
}
