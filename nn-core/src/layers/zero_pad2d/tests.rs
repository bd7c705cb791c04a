use super::*;
use crate::check::gradients;
use crate::layers::crop2d::Crop2d;
use crate::layers::testing::{alone_as_in_a_batch, forward, samples};
use nn_shape::Padding;

const OPTIONS: SidesOptions = SidesOptions { sides: Padding::Explicit([1, 2, 0, 3]) };

#[test]
fn values_by_hand() {
    let x = [SMatrix::<f32, 2, 1>::from([[1.0, 2.0]])];
    let mut y = [SMatrix::<f32, 2, 2>::repeat(9.0); 2];
    let options = SidesOptions { sides: Padding::Explicit([1, 0, 0, 1]) };
    forward::<f32, Image<1, 1, 2>, Image<2, 2, 2>, _>(&ZeroPad2d, &options, &x, &mut y);
    assert_eq!(flat::<f32, _>(&y), [0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 0.0, 0.0]);
}

#[test]
fn cropping_takes_it_away_again() {
    let x = samples::<f32, Image<3, 2, 5>, 1>(1);
    let (mut y, mut z) = ([SMatrix::<f32, 5, 5>::zeros(); 6], [SMatrix::<f32, 5, 2>::zeros(); 3]);
    forward::<f32, Image<3, 2, 5>, Image<6, 5, 5>, _>(&ZeroPad2d, &OPTIONS, &x[0], &mut y);
    forward::<f32, Image<6, 5, 5>, Image<3, 2, 5>, _>(&Crop2d, &OPTIONS, &y, &mut z);
    assert_eq!(x[0], z);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Image<3, 2, 3>, Image<6, 5, 3>, _>(&mut ZeroPad2d, &OPTIONS, 1).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Image<3, 2, 3>, Image<6, 5, 3>, _>(&ZeroPad2d, &OPTIONS);
}
