use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward};
use nn_shape::Padding;

const OPTIONS: SidesOptions = SidesOptions { sides: Padding::Explicit([1, 2, 0, 0]) };

#[test]
fn values_by_hand() {
    let x = SMatrix::<f32, 1, 4>::from([[1.0], [2.0], [3.0], [4.0]]);
    let mut y = SMatrix::<f32, 1, 1>::zeros();
    forward::<f32, Seq<4, 1>, Seq<1, 1>, _>(&Crop1d, &OPTIONS, &x, &mut y);
    assert_eq!(y[0], 2.0);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<7, 3>, Seq<4, 3>, _>(&mut Crop1d, &OPTIONS, 1).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Seq<7, 3>, Seq<4, 3>, _>(&Crop1d, &OPTIONS);
}
