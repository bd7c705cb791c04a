use super::*;
use crate::check::gradients;
use crate::layers::testing::{Backwards, alone_as_in_a_batch, bits, forward, layer, samples};
use crate::memory::zeroed_box;
use crate::random::ChaCha;
use std::boxed::Box;

const OPTIONS: Conv2dOptions = Conv2dOptions::DEFAULT;
const SAME: Conv2dOptions = Conv2dOptions { padding: Padding::Same, ..OPTIONS };

#[test]
fn values_by_hand() {
    let mut conv = zeroed_box::<Conv2d<f64, 2, 1, 2, 1>>();
    // Keras's memory: upper tap, first and second channel, then the lower tap.
    flat_mut::<f64, _>(&mut conv.kernel).copy_from_slice(&[1.0, 10.0, 100.0, 1000.0]);
    conv.bias[0] = 0.5;
    let x = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]].map(|pixel| SMatrix::<f64, 2, 1>::from_column_slice(&pixel));
    let mut y = [SMatrix::<f64, 1, 1>::zeros(); 2];
    forward::<f64, Image<3, 1, 2>, Image<2, 1, 1>, _>(&*conv, &OPTIONS, &x, &mut y);
    assert_eq!(flat::<f64, _>(&y), [1.0 + 20.0 + 300.0 + 4000.5, 3.0 + 40.0 + 500.0 + 6000.5]);
    assert_eq!(<Conv2d<f64, 2, 1, 2, 1> as Layer<f64, Image<3, 1, 2>, Image<2, 1, 1>>>::MACS, 8);
    // The odd row of padding is the one below.
    let mut y = [SMatrix::<f64, 1, 1>::zeros(); 3];
    forward::<f64, Image<3, 1, 2>, Image<3, 1, 1>, _>(&*conv, &SAME, &x, &mut y);
    assert_eq!(y[2][0], 5.0 + 60.0 + 0.5);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Image<5, 4, 3>, Image<3, 3, 2>, Conv2d<f64, 3, 2, 3, 2>>(&mut layer(1), &OPTIONS, 11).unwrap();
    gradients::<Image<4, 5, 2>, Image<4, 5, 3>, Conv2d<f64, 3, 2, 2, 3, 0>>(&mut layer(2), &SAME, 12).unwrap();
    let strided = Conv2dOptions { stride: [2, 3], ..SAME };
    gradients::<Image<5, 7, 2>, Image<3, 3, 5>, Conv2d<f64, 3, 4, 2, 5>>(&mut layer(3), &strided, 13).unwrap();
    let dilated = Conv2dOptions { dilation: [2, 1], padding: Padding::Explicit([1, 0, 2, 1]), ..OPTIONS };
    gradients::<Image<5, 3, 2>, Image<2, 5, 3>, Conv2d<f64, 3, 2, 2, 3>>(&mut layer(4), &dilated, 14).unwrap();
    // Groups: two of two channels; one for each channel.
    gradients::<Image<3, 4, 4>, Image<3, 4, 6>, Conv2d<f64, 2, 3, 2, 6>>(&mut layer(5), &SAME, 15).unwrap();
    gradients::<Image<4, 3, 3>, Image<2, 2, 3>, Conv2d<f64, 2, 2, 1, 3>>(&mut layer(6), &Conv2dOptions { stride: [2, 2], ..SAME }, 16)
        .unwrap();
    // A stride that skips rows, so that some inputs are never seen.
    let skipping = Conv2dOptions { stride: [3, 2], ..OPTIONS };
    gradients::<Image<7, 6, 1>, Image<3, 3, 18>, Conv2d<f64, 1, 1, 1, 18>>(&mut layer(7), &skipping, 17).unwrap();
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Image<7, 9, 3>, Image<5, 7, 40>, Conv2d<f32, 3, 3, 3, 40>>(&layer::<f32, _>(1), &OPTIONS);
    alone_as_in_a_batch::<f64, Image<5, 4, 30>, Image<5, 4, 6>, Conv2d<f64, 3, 5, 30, 6, 0>>(&layer::<f64, _>(2), &SAME);
}

/// Moving the image moves the result, as far as no border is in sight.
#[test]
fn shifts_go_through() {
    let conv = layer::<f32, Conv2d<f32, 3, 3, 2, 5>>(1);
    let x = samples::<f32, Image<8, 8, 2>, 1>(2);
    let mut shifted = zeroed_box::<[[SMatrix<f32, 2, 8>; 8]; 1]>();
    for row in 1..8 {
        for column in 1..8 {
            let pixel = x[0][row - 1].column(column - 1).into_owned();
            shifted[0][row].set_column(column, &pixel);
        }
    }
    let (mut y, mut z) = (Box::new([SMatrix::<f32, 5, 8>::zeros(); 8]), Box::new([SMatrix::<f32, 5, 8>::zeros(); 8]));
    forward::<f32, Image<8, 8, 2>, Image<8, 8, 5>, _>(&*conv, &SAME, &x[0], &mut *y);
    forward::<f32, Image<8, 8, 2>, Image<8, 8, 5>, _>(&*conv, &SAME, &shifted[0], &mut *z);
    for row in 1..6 {
        for column in 1..6 {
            assert_eq!(bits(y[row].column(column).as_slice()), bits(z[row + 1].column(column + 1).as_slice()));
        }
    }
}

#[test]
fn a_fused_activation_is_the_activation_of_the_output() {
    type In = Image<9, 6, 3>;
    type Out = Image<5, 3, 18>;
    let conv = layer::<f32, Conv2d<f32, 3, 2, 3, 18>>(1);
    let options = Conv2dOptions { stride: [2, 2], ..SAME };
    let x = samples::<f32, In, 3>(2);
    for activation in [Activation::Relu, Activation::Tanh, Activation::Softmax] {
        let (mut plain, mut fused) = (zeroed_box::<[[SMatrix<f32, 18, 3>; 5]; 3]>(), zeroed_box::<[[SMatrix<f32, 18, 3>; 5]; 3]>());
        Layer::<f32, In, Out>::forward_batch::<3>(&*conv, &options, &x[..], &mut plain[..], &mut (), &Backwards(1));
        Fuse::<f32, In, Out>::forward_batch_fused::<3>(&*conv, &options, activation, &x[..], &mut fused[..], &mut (), &Backwards(2));
        activation.apply(18, flat_mut::<f32, _>(&mut plain[..]));
        assert_eq!(plain, fused);
    }
}

#[test]
fn nan_and_infinity_come_out() {
    let conv = layer::<f32, Conv2d<f32, 2, 2, 1, 17>>(1);
    let mut x = [SMatrix::<f32, 1, 3>::zeros(); 3];
    x[1][1] = f32::NAN;
    let mut y = [SMatrix::<f32, 17, 2>::zeros(); 2];
    forward::<f32, Image<3, 3, 1>, Image<2, 2, 17>, _>(&*conv, &OPTIONS, &x, &mut y);
    assert!(flat::<f32, _>(&y).iter().all(|y| y.is_nan()));
}

/// Backward adds to the gradient of the parameters, overwrites that of the inputs, and gives the same bits on any threads.
#[test]
fn backward_adds_and_does_not_depend_on_threads() {
    type In = Image<6, 5, 7>;
    type Out = Image<3, 3, 21>;
    type Conv = Conv2d<f32, 3, 3, 7, 21>;
    let options = Conv2dOptions { stride: [2, 2], ..SAME };
    let conv = layer::<f32, Conv>(1);
    let (x, y) = (samples::<f32, In, 5>(2), samples::<f32, Out, 5>(3));
    let run = |threads: usize, times: usize, want_dx: bool| {
        let (mut gradient, mut cache) = (zeroed_box::<Conv>(), zeroed_box());
        let mut dx = samples::<f32, In, 5>(9);
        for _ in 0..times {
            let mut dy = samples::<f32, Out, 5>(4);
            let executor = Backwards(threads);
            let pass = Pass { x: &x[..], y: &y[..], dy: &mut dy[..], dx: want_dx.then_some(&mut dx[..]) };
            Layer::<f32, In, Out>::backward::<5>(&*conv, &options, pass, &mut cache, &mut gradient, &Training::new(0, 0, &executor));
        }
        (bits(flat::<f32, _>(&gradient.kernel)), bits(gradient.bias.as_slice()), bits(flat::<f32, _>(&dx[..])))
    };
    let alone = run(1, 1, true);
    for threads in [2, 3, 8] {
        assert!(run(threads, 1, true) == alone, "{threads} threads");
    }
    let (kernel, bias, dx) = run(1, 2, true);
    assert_eq!(dx, alone.2, "written, not added");
    let close = |a: &[u64], b: &[u64]| a.iter().zip(b).all(|(a, b)| (f64::from_bits(*a) - 2.0 * f64::from_bits(*b)).abs() < 1e-4);
    assert!(close(&kernel, &alone.0) && close(&bias, &alone.1), "added, not written");
    let (kernel, bias, _) = run(1, 1, false);
    assert_eq!((kernel, bias), (alone.0, alone.1), "the same when nobody asks for dx");
}

#[test]
fn starts_as_keras_does() {
    let mut conv = zeroed_box::<Conv2d<f64, 3, 5, 4, 6>>();
    Layer::<f64, Image<9, 9, 4>, Image<7, 5, 6>>::initialize(&mut *conv, &OPTIONS, &mut ChaCha::new(7));
    let limit = (6.0f64 / (15.0 * 4.0 + 15.0 * 6.0)).sqrt();
    let largest = flat::<f64, _>(&conv.kernel).iter().fold(0.0f64, |largest, w| largest.max(w.abs()));
    assert!(largest <= limit && largest > 0.97 * limit, "{largest} {limit}");
    assert_eq!(conv.bias.amax(), 0.0);
}
