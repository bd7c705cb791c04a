use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward};
use nn_shape::Padding;

const OPTIONS: Pool2dOptions = Pool2dOptions::DEFAULT;
const SAME: Pool2dOptions = Pool2dOptions { padding: Padding::Same, ..OPTIONS };

#[test]
fn values_by_hand() {
    let x = [[1.0, 5.0, 3.0], [4.0, -1.0, 0.0], [-3.0, -2.0, -8.0]].map(|row| SMatrix::<f64, 1, 3>::from_row_slice(&row));
    let mut y = [SMatrix::<f64, 1, 2>::zeros(); 2];
    forward::<f64, Image<3, 3, 1>, Image<2, 2, 1>, _>(&AvgPool2d, &SAME, &x, &mut y);
    assert_eq!(flat::<f64, _>(&y), [2.25, 1.5, -2.5, -8.0], "padding does not count");
    let counted = Pool2dOptions { count_padding: true, ..SAME };
    forward::<f64, Image<3, 3, 1>, Image<2, 2, 1>, _>(&AvgPool2d, &counted, &x, &mut y);
    assert_eq!(flat::<f64, _>(&y), [2.25, 0.75, -1.25, -2.0], "padding counts");
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Image<5, 4, 3>, Image<2, 2, 3>, _>(&mut AvgPool2d, &OPTIONS, 1).unwrap();
    let overlapping = Pool2dOptions { size: [3, 2], stride: [1, 2], ..SAME };
    gradients::<Image<4, 5, 2>, Image<4, 3, 2>, _>(&mut AvgPool2d, &overlapping, 2).unwrap();
    let padded = Pool2dOptions { size: [2, 3], stride: [2, 1], padding: Padding::Explicit([1, 0, 0, 2]), count_padding: true };
    gradients::<Image<5, 4, 2>, Image<3, 4, 2>, _>(&mut AvgPool2d, &padded, 3).unwrap();
    // Registers of channels that reach into the next pixel.
    let wide = Pool2dOptions { size: [2, 2], stride: [1, 2], padding: Padding::Explicit([1, 0, 1, 1]), count_padding: false };
    gradients::<Image<3, 4, 11>, Image<3, 3, 11>, _>(&mut AvgPool2d, &wide, 4).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Image<5, 7, 19>, Image<3, 4, 19>, _>(&AvgPool2d, &SAME);
}
