use super::*;
use crate::check::gradients;
use crate::layers::testing::{Backwards, alone_as_in_a_batch, bits, forward, samples};
use crate::memory::zeroed_box;
use nn_shape::Padding;

const OPTIONS: Pool2dOptions = Pool2dOptions::DEFAULT;

fn image(values: [[f64; 3]; 3]) -> [SMatrix<f64, 1, 3>; 3] {
    values.map(|row| SMatrix::from_row_slice(&row))
}

#[test]
fn values_by_hand() {
    let x = image([[1.0, 5.0, 3.0], [4.0, -1.0, 0.0], [-3.0, -2.0, -8.0]]);
    // The last row and column are in no window.
    let mut y = [SMatrix::<f64, 1, 1>::zeros(); 1];
    forward::<f64, Image<3, 3, 1>, Image<1, 1, 1>, _>(&MaxPool2d, &OPTIONS, &x, &mut y);
    assert_eq!(y[0][0], 5.0);
    // Padding does not count: the largest of the lower right is negative.
    let mut y = [SMatrix::<f64, 1, 2>::zeros(); 2];
    let same = Pool2dOptions { padding: Padding::Same, ..OPTIONS };
    forward::<f64, Image<3, 3, 1>, Image<2, 2, 1>, _>(&MaxPool2d, &same, &x, &mut y);
    assert_eq!(flat::<f64, _>(&y), [5.0, 3.0, -2.0, -8.0]);
    let overlapping = Pool2dOptions { size: [2, 1], stride: [1, 2], ..OPTIONS };
    let mut y = [SMatrix::<f64, 1, 2>::zeros(); 2];
    forward::<f64, Image<3, 3, 1>, Image<2, 2, 1>, _>(&MaxPool2d, &overlapping, &x, &mut y);
    assert_eq!(flat::<f64, _>(&y), [4.0, 3.0, 4.0, 0.0]);
}

#[test]
fn nan_comes_out_wherever_it_stands() {
    for place in 0..4 {
        let mut x = [SMatrix::<f32, 1, 2>::repeat(1.0); 2];
        x[place / 2][place % 2] = f32::NAN;
        let mut y = [SMatrix::<f32, 1, 1>::zeros(); 1];
        forward::<f32, Image<2, 2, 1>, Image<1, 1, 1>, _>(&MaxPool2d, &OPTIONS, &x, &mut y);
        assert!(y[0][0].is_nan(), "{place}");
    }
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Image<5, 4, 3>, Image<2, 2, 3>, _>(&mut MaxPool2d, &OPTIONS, 1).unwrap();
    let overlapping = Pool2dOptions { size: [3, 2], stride: [1, 2], padding: Padding::Same, ..OPTIONS };
    gradients::<Image<4, 5, 2>, Image<4, 3, 2>, _>(&mut MaxPool2d, &overlapping, 2).unwrap();
    let padded = Pool2dOptions { size: [2, 3], stride: [2, 1], padding: Padding::Explicit([1, 0, 0, 2]), ..OPTIONS };
    gradients::<Image<5, 4, 2>, Image<3, 4, 2>, _>(&mut MaxPool2d, &padded, 3).unwrap();
    // Registers of channels that reach into the next pixel.
    let wide = Pool2dOptions { stride: [1, 2], padding: Padding::Explicit([1, 0, 1, 1]), ..OPTIONS };
    gradients::<Image<3, 4, 11>, Image<3, 3, 11>, _>(&mut MaxPool2d, &wide, 4).unwrap();
}

#[test]
fn of_equal_values_the_first_gets_the_gradient() {
    let x = [[SMatrix::<f64, 1, 2>::repeat(2.0); 2]];
    let (y, mut dy) = ([[SMatrix::<f64, 1, 1>::repeat(2.0); 1]], [[SMatrix::<f64, 1, 1>::repeat(7.0); 1]]);
    let mut dx = [[SMatrix::<f64, 1, 2>::repeat(9.0); 2]];
    let pass = Pass { x: &x[..], y: &y[..], dy: &mut dy[..], dx: Some(&mut dx[..]) };
    let executor = Backwards(1);
    let training = Training::new(0, 0, &executor);
    Layer::<f64, Image<2, 2, 1>, Image<1, 1, 1>>::backward::<1>(&MaxPool2d, &OPTIONS, pass, &mut (), &mut { MaxPool2d }, &training);
    assert_eq!(flat::<f64, _>(&dx), [7.0, 0.0, 0.0, 0.0]);
}

#[test]
fn a_sample_alone_or_in_any_batch_and_on_any_threads() {
    alone_as_in_a_batch::<f32, Image<5, 7, 19>, Image<2, 3, 19>, _>(&MaxPool2d, &OPTIONS);
    // So large that threads share out the samples.
    alone_as_in_a_batch::<f32, Image<35, 30, 3>, Image<17, 15, 3>, _>(&MaxPool2d, &OPTIONS);
    let x = samples::<f32, Image<5, 7, 3>, 5>(1);
    let mut y = zeroed_box::<[[SMatrix<f32, 3, 3>; 2]; 5]>();
    Layer::<f32, Image<5, 7, 3>, Image<2, 3, 3>>::forward_batch::<5>(&MaxPool2d, &OPTIONS, &x[..], &mut y[..], &mut (), &Backwards(1));
    let run = |threads| {
        let (mut dy, mut dx) = (samples::<f32, Image<2, 3, 3>, 5>(2), samples::<f32, Image<5, 7, 3>, 5>(3));
        let pass = Pass { x: &x[..], y: &y[..], dy: &mut dy[..], dx: Some(&mut dx[..]) };
        let executor = Backwards(threads);
        let training = Training::new(0, 0, &executor);
        Layer::<f32, Image<5, 7, 3>, Image<2, 3, 3>>::backward::<5>(&MaxPool2d, &OPTIONS, pass, &mut (), &mut { MaxPool2d }, &training);
        bits(flat::<f32, _>(&dx[..]))
    };
    assert_eq!(run(1), run(3));
}
