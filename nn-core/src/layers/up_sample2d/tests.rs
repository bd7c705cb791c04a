use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward};

const NEAREST: UpSample2dOptions = UpSample2dOptions { size: [2, 3], ..UpSample2dOptions::DEFAULT };
const BILINEAR: UpSample2dOptions = UpSample2dOptions { interpolation: Interpolation::Bilinear, ..NEAREST };

#[test]
fn values_by_hand() {
    let x = [SMatrix::<f64, 1, 2>::from_column_slice(&[1.0, 4.0])];
    let mut y = [SMatrix::<f64, 1, 6>::zeros(); 2];
    forward::<f64, Image<1, 2, 1>, Image<2, 6, 1>, _>(&UpSample2d, &NEAREST, &x, &mut y);
    assert_eq!(flat::<f64, _>(&y), [1.0, 1.0, 1.0, 4.0, 4.0, 4.0, 1.0, 1.0, 1.0, 4.0, 4.0, 4.0]);
    forward::<f64, Image<1, 2, 1>, Image<2, 6, 1>, _>(&UpSample2d, &BILINEAR, &x, &mut y);
    let expected = [1.0, 1.0, 2.0, 3.0, 4.0, 4.0];
    assert!(flat::<f64, _>(&y).iter().zip(expected.iter().cycle()).all(|(y, e)| (y - e).abs() < 1e-14), "{y:?}");
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Image<3, 2, 3>, Image<6, 6, 3>, _>(&mut UpSample2d, &NEAREST, 1).unwrap();
    gradients::<Image<3, 4, 2>, Image<6, 12, 2>, _>(&mut UpSample2d, &BILINEAR, 2).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Image<3, 2, 3>, Image<6, 6, 3>, _>(&UpSample2d, &BILINEAR);
}
