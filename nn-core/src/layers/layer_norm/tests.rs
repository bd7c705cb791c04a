use super::*;
use crate::check::gradients;
use crate::executor::Serial;
use crate::layers::testing::{alone_as_in_a_batch, bits, forward, layer, samples, steps_as_the_whole, threads_agree};
use crate::memory::zeroed_box;
use crate::random::ChaCha;
use crate::shape::{Flat, Image, Seq};
use std::vec::Vec;

const OPTIONS: LayerNormOptions = LayerNormOptions::DEFAULT;

#[test]
fn gradients_are_the_differences() {
    gradients::<Flat<5>, Flat<5>, LayerNorm<f64, 5>>(&mut layer(1), &OPTIONS, 11).unwrap();
    gradients::<Seq<3, 19>, Seq<3, 19>, LayerNorm<f64, 19>>(&mut layer(2), &OPTIONS, 12).unwrap();
    gradients::<Image<2, 3, 7>, Image<2, 3, 7>, LayerNorm<f64, 7, 0>>(&mut layer(3), &OPTIONS, 13).unwrap();
    let small = LayerNormOptions { eps: 1e-5 };
    gradients::<Seq<4, 2>, Seq<4, 2>, LayerNorm<f64, 2>>(&mut layer(4), &small, 14).unwrap();
}

#[test]
fn values_by_hand() {
    let mut norm = layer::<f64, LayerNorm<f64, 2>>(1);
    norm.gamma = SVector::from([3.0, -1.0]);
    norm.beta = SVector::from([0.5, 2.0]);
    let mut y = nalgebra::SMatrix::zeros();
    let x = nalgebra::SMatrix::from_column_slice(&[1.0, 5.0, 7.0, 7.0]);
    forward::<f64, Seq<2, 2>, Seq<2, 2>, _>(&*norm, &LayerNormOptions { eps: 0.0 + 1e-300 }, &x, &mut y);
    // The first step: mean 3, deviation 2. The second has none and gives beta.
    assert_eq!(y.as_slice(), [-2.5, 1.0, 0.5, 2.0]);
}

/// A fresh layer is the plain normalisation.
#[test]
fn starts_as_the_identity_of_normal_rows() {
    let mut norm = zeroed_box::<LayerNorm<f32, 3>>();
    Layer::<f32, Flat<3>, Flat<3>>::initialize(&mut *norm, &OPTIONS, &mut ChaCha::new(1));
    assert_eq!((norm.gamma.as_slice(), norm.beta.as_slice()), (&[1.0; 3][..], &[0.0; 3][..]));
}

/// Against the formulas in `f64`, on the very numbers that the `f32` layer sees.
#[test]
fn large_means_and_magnitudes_cost_nothing() {
    const N: usize = 67;
    type S = Seq<2, N>;
    for (mean, spread) in [(0.0, 1.0), (1e6, 1.0), (1e4, 1e-3), (1e6, 10.0), (0.0, 1e15), (0.0, 1e30), (-3e30, 1e30), (1e-6, 1e-7)] {
        for eps in [1e-3, 1e-5, 1e-12] {
            let options = LayerNormOptions { eps };
            let x = samples::<f32, S, 3>(3).map(|x| x.map(|x| (mean + spread * f64::from(x)) as f32));
            let norm = layer::<f32, LayerNorm<f32, N>>(4);
            let (mut y, mut cache, mut gradient) = (zeroed_box::<[nalgebra::SMatrix<f32, N, 2>; 3]>(), zeroed_box(), zeroed_box());
            let training = Training::new(0, 0, &Serial);
            Layer::<f32, S, S>::forward_train::<3>(&*norm, &options, &x, &mut y[..], &mut cache, &mut (), &training);
            let (mut dy, mut dx) = (samples::<f32, S, 3>(9), samples::<f32, S, 3>(8));
            let pass = Pass { x: &x[..], y: &y[..], dy: &mut dy[..], dx: Some(&mut dx[..]) };
            Layer::<f32, S, S>::backward::<3>(&*norm, &options, pass, &mut cache, &mut gradient, &training);
            let dy = samples::<f32, S, 3>(9);
            for (s, t) in (0..3).flat_map(|s| [(s, 0), (s, 1)]) {
                let row = |m: &[nalgebra::SMatrix<f32, N, 2>]| m[s].column(t).iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
                let (x, y, dy, dx) = (row(&x), row(&y[..]), row(&dy[..]), row(&dx[..]));
                let average = |values: &dyn Fn(usize) -> f64| (0..N).map(values).sum::<f64>() / N as f64;
                let rest = average(&|k| x[k] - x[0]);
                let variance = average(&|k| (x[k] - x[0] - rest).powi(2));
                let inverse = 1.0 / (variance + eps).sqrt();
                let normal = |k: usize| (x[k] - x[0] - rest) * inverse;
                let g = |k: usize| dy[k] * f64::from(norm.gamma[k]);
                let (mean_g, mean_product) = (average(&g), average(&|k| g(k) * normal(k)));
                for k in 0..N {
                    let context = std::format!("mean {mean} spread {spread} eps {eps}, {s} {t} {k}");
                    let exact = f64::from(norm.gamma[k]) * normal(k) + f64::from(norm.beta[k]);
                    assert!((y[k] - exact).abs() <= 1e-6 * (1.0 + exact.abs()), "{context}: y {} {exact}", y[k]);
                    let exact = inverse * (g(k) - mean_g - normal(k) * mean_product);
                    assert!((dx[k] - exact).abs() <= 2e-6 * (inverse + exact.abs()), "{context}: dx {} {exact}", dx[k]);
                }
            }
        }
    }
}

#[test]
fn nan_stays_in_its_row() {
    let mut x = nalgebra::SMatrix::<f32, 5, 2>::from_fn(|i, t| (i + t) as f32);
    x[(3, 0)] = f32::NAN;
    let mut y = x;
    forward::<f32, Seq<2, 5>, Seq<2, 5>, LayerNorm<f32, 5>>(&layer(1), &OPTIONS, &x, &mut y);
    assert!(y.column(0).iter().all(|y| y.is_nan()) && y.column(1).iter().all(|y| y.is_finite()));
}

#[test]
fn the_same_alone_in_a_batch_step_by_step_and_on_threads() {
    let norm = layer::<f32, LayerNorm<f32, 19>>(1);
    alone_as_in_a_batch::<f32, Flat<19>, Flat<19>, _>(&*norm, &OPTIONS);
    alone_as_in_a_batch::<f32, Seq<3, 19>, Seq<3, 19>, _>(&*norm, &OPTIONS);
    steps_as_the_whole::<f32, Seq<9, 19>, Seq<9, 19>, _>(&*norm, &OPTIONS);
    threads_agree::<f32, Seq<3, 19>, Seq<3, 19>, _>(&*norm, &OPTIONS);
    let norm = layer::<f64, LayerNorm<f64, 3, 0>>(2);
    alone_as_in_a_batch::<f64, Image<2, 4, 3>, Image<2, 4, 3>, _>(&*norm, &OPTIONS);
}

/// Training sees what inference sees.
#[test]
fn training_has_the_bits_of_inference() {
    let norm = layer::<f32, LayerNorm<f32, 37>>(1);
    let x = samples::<f32, Flat<37>, 4>(2);
    let (mut y, mut z, mut cache) = (x.clone(), x.clone(), zeroed_box());
    let training = Training::new(0, 0, &Serial);
    Layer::<f32, Flat<37>, Flat<37>>::forward_train::<4>(&*norm, &OPTIONS, &x[..], &mut y[..], &mut cache, &mut (), &training);
    Layer::<f32, Flat<37>, Flat<37>>::forward_batch::<4>(&*norm, &OPTIONS, &x[..], &mut z[..], &mut (), &Serial);
    for (y, z) in y.iter().zip(z.iter()) {
        assert_eq!(bits(y.as_slice()), bits(z.as_slice()));
    }
}
