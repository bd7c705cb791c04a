use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward};
use nn_shape::Padding;

const OPTIONS: SidesOptions = SidesOptions { sides: Padding::Explicit([1, 2, 0, 3]) };

#[test]
fn values_by_hand() {
    let x = [SMatrix::<f32, 1, 3>::from([[1.0], [2.0], [3.0]]), SMatrix::from([[4.0], [5.0], [6.0]])];
    let mut y = [SMatrix::<f32, 1, 2>::zeros(); 1];
    let options = SidesOptions { sides: Padding::Explicit([1, 0, 1, 0]) };
    forward::<f32, Image<2, 3, 1>, Image<1, 2, 1>, _>(&Crop2d, &options, &x, &mut y);
    assert_eq!(flat::<f32, _>(&y), [5.0, 6.0]);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Image<6, 5, 3>, Image<3, 2, 3>, _>(&mut Crop2d, &OPTIONS, 1).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Image<6, 5, 3>, Image<3, 2, 3>, _>(&Crop2d, &OPTIONS);
}
