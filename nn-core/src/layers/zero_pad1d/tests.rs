use super::*;
use crate::check::gradients;
use crate::layers::crop1d::Crop1d;
use crate::layers::testing::{alone_as_in_a_batch, forward, samples};
use nn_shape::Padding;

const OPTIONS: SidesOptions = SidesOptions { sides: Padding::Explicit([1, 2, 0, 0]) };

#[test]
fn values_by_hand() {
    let mut y = SMatrix::<f32, 2, 4>::repeat(9.0);
    forward::<f32, Seq<1, 2>, Seq<4, 2>, _>(&ZeroPad1d, &OPTIONS, &SMatrix::from([[1.0, 2.0]]), &mut y);
    assert_eq!(y.as_slice(), [0.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn cropping_takes_it_away_again() {
    let x = samples::<f32, Seq<3, 5>, 1>(1);
    let (mut y, mut z) = (SMatrix::<f32, 5, 6>::zeros(), SMatrix::<f32, 5, 3>::zeros());
    forward::<f32, Seq<3, 5>, Seq<6, 5>, _>(&ZeroPad1d, &OPTIONS, &x[0], &mut y);
    forward::<f32, Seq<6, 5>, Seq<3, 5>, _>(&Crop1d, &OPTIONS, &y, &mut z);
    assert_eq!(x[0], z);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<4, 3>, Seq<7, 3>, _>(&mut ZeroPad1d, &OPTIONS, 1).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Seq<4, 3>, Seq<7, 3>, _>(&ZeroPad1d, &OPTIONS);
}
