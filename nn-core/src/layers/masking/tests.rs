use super::*;
use crate::executor::Serial;
use crate::layers::testing::forward;
use crate::memory::zeroed_box;
use nalgebra::Matrix2x3;

/// Steps of two features.
fn ids(steps: Matrix2x3<f32>, mask_value: f64) -> [u32; 3] {
    let mut y = [7; 3];
    forward::<f32, Seq<3, 2>, Tokens<3>, _>(&Masking, &MaskingOptions { mask_value }, &steps, &mut y);
    y
}

#[test]
fn a_step_is_padding_if_all_of_it_is() {
    assert_eq!(ids(Matrix2x3::new(0.0, 1.0, -0.0, 0.0, 0.0, 0.0), 0.0), [0, 1, 0]);
    // The value as an f32, which 0.1 is not.
    assert_eq!(ids(Matrix2x3::new(0.1, 0.1, 0.0, 0.1, f32::NAN, 0.0), 0.1), [0, 1, 1]);
    assert_eq!(ids(Matrix2x3::new(0.0, 0.0, 0.0, 0.0, 0.0, 0.0), f64::NAN), [1; 3]);
}

#[test]
fn nothing_flows_through_ids() {
    let (x, y, mut dy, mut dx) = ([Matrix2x3::<f32>::repeat(1.0); 2], [[1u32; 3]; 2], [[9u32; 3]; 2], [Matrix2x3::<f32>::repeat(5.0); 2]);
    let pass = Pass { x: &x[..], y: &y[..], dy: &mut dy[..], dx: Some(&mut dx[..]) };
    let training = Training::new(1, 2, &Serial);
    Layer::<f32, Seq<3, 2>, Tokens<3>>::backward::<2>(&Masking, &MaskingOptions::DEFAULT, pass, &mut (), &mut zeroed_box(), &training);
    assert_eq!(dx, [Matrix2x3::zeros(); 2]);
}
