use super::*;
use crate::check::gradients;
use crate::executor::Serial;
use crate::layers::testing::{Backwards, alone_as_in_a_batch, bits, forward, layer, samples, steps_as_the_whole};
use crate::memory::zeroed_box;
use crate::random::ChaCha;
use crate::shape::{Flat, Image, Seq};

const OPTIONS: DenseOptions = DenseOptions::DEFAULT;

#[test]
fn gradients_are_the_differences() {
    gradients::<Flat<4>, Flat<7>, Dense<f64, 4, 7>>(&mut layer(1), &OPTIONS, 11).unwrap();
    gradients::<Flat<4>, Flat<7>, Dense<f64, 4, 7, 0>>(&mut layer(2), &OPTIONS, 12).unwrap();
    gradients::<Flat<17>, Flat<1>, Dense<f64, 17, 1>>(&mut layer(3), &OPTIONS, 13).unwrap();
    gradients::<Flat<1>, Flat<19>, Dense<f64, 1, 19>>(&mut layer(4), &OPTIONS, 14).unwrap();
    gradients::<Seq<3, 5>, Seq<3, 2>, Dense<f64, 5, 2>>(&mut layer(5), &OPTIONS, 15).unwrap();
    gradients::<Image<2, 3, 4>, Image<2, 3, 5>, Dense<f64, 4, 5>>(&mut layer(6), &OPTIONS, 16).unwrap();
}

#[test]
fn values_by_hand() {
    let mut dense = zeroed_box::<Dense<f64, 2, 3>>();
    // Keras's memory: the weights of the first input, then those of the second.
    dense.kernel.as_mut_slice().copy_from_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    dense.bias = SVector::from([10.0, 20.0, 30.0]);
    let mut y = SVector::zeros();
    forward::<f64, Flat<2>, Flat<3>, _>(&*dense, &OPTIONS, &SVector::from([1.0, -2.0]), &mut y);
    assert_eq!(y.as_slice(), [3.0, 12.0, 21.0]);
    // Per step on a sequence.
    let x = SMatrix::from_column_slice(&[1.0, -2.0, 0.0, 1.0]);
    let mut y = SMatrix::zeros();
    forward::<f64, Seq<2, 2>, Seq<2, 3>, _>(&*dense, &OPTIONS, &x, &mut y);
    assert_eq!(y.as_slice(), [3.0, 12.0, 21.0, 14.0, 25.0, 36.0]);
    assert_eq!(<Dense<f64, 2, 3> as Layer<f64, Seq<2, 2>, Seq<2, 3>>>::MACS, 12);
}

#[test]
fn without_bias_there_is_none() {
    let mut dense = zeroed_box::<Dense<f32, 2, 2, 0>>();
    dense.kernel.as_mut_slice().copy_from_slice(&[1.0, 2.0, 3.0, 4.0]);
    let mut y = SVector::from([9.0, 9.0]);
    forward::<f32, Flat<2>, Flat<2>, _>(&*dense, &OPTIONS, &SVector::from([0.0, 0.5]), &mut y);
    assert_eq!(y.as_slice(), [1.5, 2.0]);
}

#[test]
fn a_sample_alone_or_in_any_batch() {
    alone_as_in_a_batch::<f32, Flat<37>, Flat<203>, Dense<f32, 37, 203>>(&layer::<f32, _>(1), &OPTIONS);
    alone_as_in_a_batch::<f64, Flat<37>, Flat<203>, Dense<f64, 37, 203>>(&layer::<f64, _>(1), &OPTIONS);
    alone_as_in_a_batch::<f32, Flat<65>, Flat<1>, Dense<f32, 65, 1, 0>>(&layer::<f32, _>(2), &OPTIONS);
    alone_as_in_a_batch::<f32, Seq<5, 3>, Seq<5, 17>, Dense<f32, 3, 17>>(&layer::<f32, _>(3), &OPTIONS);
    alone_as_in_a_batch::<f64, Image<2, 3, 4>, Image<2, 3, 9>, Dense<f64, 4, 9>>(&layer::<f64, _>(4), &OPTIONS);
}

#[test]
fn step_by_step_as_the_whole() {
    steps_as_the_whole::<f32, Seq<9, 7>, Seq<9, 20>, Dense<f32, 7, 20>>(&layer::<f32, _>(1), &OPTIONS);
    steps_as_the_whole::<f64, Seq<9, 7>, Seq<9, 3>, Dense<f64, 7, 3, 0>>(&layer::<f64, _>(2), &OPTIONS);
}

#[test]
fn nan_and_infinity_come_out() {
    let dense = layer::<f32, Dense<f32, 3, 21>>(1);
    for (bad, is) in [(f32::NAN, f32::is_nan as fn(f32) -> bool), (f32::INFINITY, f32::is_infinite)] {
        let mut y = SVector::zeros();
        forward::<f32, Flat<3>, Flat<21>, _>(&*dense, &OPTIONS, &SVector::from([1.0, bad, 2.0]), &mut y);
        assert!(y.iter().all(|y| is(*y)), "{bad}: {y}");
    }
}

#[test]
fn a_fused_activation_is_the_activation_of_the_output() {
    type In = Flat<5>;
    type Out = Flat<18>;
    let dense = layer::<f32, Dense<f32, 5, 18>>(1);
    let x = samples::<f32, In, 3>(2);
    for activation in [Activation::Relu, Activation::Tanh, Activation::Softmax] {
        let (mut plain, mut fused) = ([SVector::zeros(); 3], [SVector::zeros(); 3]);
        Layer::<f32, In, Out>::forward_batch::<3>(&*dense, &OPTIONS, &x[..], &mut plain, &mut (), &Serial);
        Fuse::<f32, In, Out>::forward_batch_fused::<3>(&*dense, &OPTIONS, activation, &x[..], &mut fused, &mut (), &Backwards(2));
        plain.iter_mut().for_each(|y| activation.apply(18, y.as_mut_slice()));
        assert_eq!(plain, fused);
        let mut one = SVector::zeros();
        let simd = crate::simd::Portable::new();
        Fuse::<f32, In, Out>::forward_fused::<_, 1>(&*dense, simd, &OPTIONS, activation, &x[1], &mut one, &mut ());
        assert!((one - fused[1]).amax() < 1e-6);
    }
}

/// Backward adds to the gradient of the parameters, overwrites that of the inputs, and gives the same bits on any threads.
#[test]
fn backward_adds_and_does_not_depend_on_threads() {
    type In = Seq<3, 13>;
    type Out = Seq<3, 29>;
    let dense = layer::<f32, Dense<f32, 13, 29>>(1);
    let (x, y) = (samples::<f32, In, 5>(2), samples::<f32, Out, 5>(3));
    let run = |threads: usize, times: usize, want_dx: bool| {
        let (mut gradient, mut cache) = (zeroed_box::<Dense<f32, 13, 29>>(), zeroed_box());
        let mut dx = samples::<f32, In, 5>(9);
        for _ in 0..times {
            let mut dy = samples::<f32, Out, 5>(4);
            let executor = Backwards(threads);
            let pass = Pass { x: &x[..], y: &y[..], dy: &mut dy[..], dx: want_dx.then_some(&mut dx[..]) };
            Layer::<f32, In, Out>::backward::<5>(&*dense, &OPTIONS, pass, &mut cache, &mut gradient, &Training::new(0, 0, &executor));
        }
        (bits(gradient.weights()), bits(gradient.bias.as_slice()), bits(flat::<f32, _>(&dx[..])))
    };
    let alone = run(1, 1, true);
    for threads in [2, 3, 8] {
        assert!(run(threads, 1, true) == alone, "{threads} threads");
    }
    let (kernel, bias, dx) = run(1, 2, true);
    assert_eq!(dx, alone.2, "written, not added");
    let doubled = |bits: &[u64]| -> std::vec::Vec<u64> { bits.iter().map(|b| (2.0 * f64::from_bits(*b)).to_bits()).collect() };
    let close = |a: &[u64], b: &[u64]| a.iter().zip(b).all(|(a, b)| (f64::from_bits(*a) - f64::from_bits(*b)).abs() < 1e-5);
    assert!(close(&kernel, &doubled(&alone.0)) && close(&bias, &doubled(&alone.1)), "added, not written");
    let (kernel, bias, _) = run(1, 1, false);
    assert_eq!((kernel, bias), (alone.0, alone.1), "the same when nobody asks for dx");
}

#[test]
fn starts_as_keras_does_and_alike_in_both_scalars() {
    let (mut a, mut b) = (zeroed_box::<Dense<f32, 30, 50>>(), zeroed_box::<Dense<f64, 30, 50>>());
    Layer::<f32, Flat<30>, Flat<50>>::initialize(&mut *a, &OPTIONS, &mut ChaCha::new(7));
    Layer::<f64, Flat<30>, Flat<50>>::initialize(&mut *b, &OPTIONS, &mut ChaCha::new(7));
    let limit = (6.0f64 / 80.0).sqrt();
    assert!(b.kernel.amax() <= limit && b.kernel.amax() > 0.99 * limit, "{}", b.kernel.amax());
    assert!(a.kernel.iter().zip(b.kernel.iter()).all(|(a, b)| *a == *b as f32));
    assert_eq!((a.bias.amax(), b.bias.amax()), (0.0, 0.0));
    let options = DenseOptions { bias_init: Initializer::Constant(0.5), init: Initializer::Ones };
    Layer::<f32, Flat<30>, Flat<50>>::initialize(&mut *a, &options, &mut ChaCha::new(7));
    assert!(a.bias.iter().all(|b| *b == 0.5) && a.kernel.iter().all(|w| *w == 1.0));
}
