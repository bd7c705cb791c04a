use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward};
use crate::shape::Image;

#[test]
fn the_mean_of_each_channel() {
    let x = SMatrix::<f32, 2, 3>::from_column_slice(&[1.0, 10.0, 2.0, 20.0, 6.0, f32::NAN]);
    let mut y = SVector::zeros();
    forward::<f32, Seq<3, 2>, Flat<2>, _>(&GlobalAvgPool, &(), &x, &mut y);
    assert!(y[0] == 3.0 && y[1].is_nan());
    let image = [SMatrix::<f64, 1, 3>::from([[1.0], [2.0], [3.0]]), SMatrix::from([[4.0], [5.0], [9.0]])];
    let mut y = SVector::zeros();
    forward::<f64, Image<2, 3, 1>, Flat<1>, _>(&GlobalAvgPool, &(), &image, &mut y);
    assert_eq!(y[0], 4.0);
}

#[test]
fn padding_is_left_out() {
    type In = (Seq<3, 2>, Tokens<3>);
    let x = [SMatrix::<f32, 2, 3>::from_column_slice(&[1.0, 10.0, f32::NAN, f32::NAN, 3.0, 20.0]); 2];
    let (mut y, ids) = ([SVector::zeros(), SVector::repeat(7.0)], [[1, 0, 8], [0; 3]]);
    for (y, (x, ids)) in y.iter_mut().zip(x.iter().zip(&ids)) {
        forward::<f32, In, Flat<2>, _>(&GlobalAvgPool, &(), (x, ids), y);
    }
    assert_eq!(y, [SVector::from([2.0, 15.0]), SVector::zeros()]);
    let (mut dy, mut dx) = ([SVector::from([1.0f32, 4.0]); 2], [SMatrix::repeat(5.0); 2]);
    let pass = Pass { x: (&x[..], &ids[..]), y: &y[..], dy: &mut dy[..], dx: (Some(&mut dx[..]), None) };
    let training = Training::new(1, 2, &crate::executor::Serial);
    Layer::<f32, In, Flat<2>>::backward::<2>(&GlobalAvgPool, &(), pass, &mut (), &mut GlobalAvgPool, &training);
    assert_eq!(dx, [SMatrix::<f32, 2, 3>::from_column_slice(&[0.5, 2.0, 0.0, 0.0, 0.5, 2.0]), SMatrix::zeros()]);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<5, 3>, Flat<3>, _>(&mut GlobalAvgPool, &(), 1).unwrap();
    gradients::<Image<2, 3, 4>, Flat<4>, _>(&mut GlobalAvgPool, &(), 2).unwrap();
    gradients::<Image<4, 1, 1>, Flat<1>, _>(&mut GlobalAvgPool, &(), 3).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Seq<5, 19>, Flat<19>, _>(&GlobalAvgPool, &());
    alone_as_in_a_batch::<f64, Image<2, 3, 4>, Flat<4>, _>(&GlobalAvgPool, &());
}
