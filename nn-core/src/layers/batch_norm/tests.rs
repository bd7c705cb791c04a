use super::*;
use crate::check::gradients;
use crate::executor::Serial;
use crate::layers::testing::{alone_as_in_a_batch, bits, forward, layer, samples, steps_as_the_whole};
use crate::memory::zeroed_box;
use crate::random::ChaCha;
use crate::shape::{Flat, Image, Real, Seq};
use std::boxed::Box;

const OPTIONS: BatchNormOptions = BatchNormOptions::DEFAULT;

/// Outputs, input gradients, gradients of gamma and beta, and the layer after the step.
struct Step<T: Scalar, I: Shape, const N: usize, const B: usize> {
    y: Box<[I::Array<T>; B]>,
    dx: Box<[I::Array<T>; B]>,
    gradient: Box<BatchNorm<T, N>>,
    layer: Box<BatchNorm<T, N>>,
}

/// One training step with gamma 1.5, beta 0.25 and a fixed upstream gradient.
fn step<T: Scalar, I: LastAxis<N>, const N: usize, const B: usize>(options: &BatchNormOptions, x: &[I::Array<T>]) -> Step<T, I, N, B> {
    let (mut y, mut dx) = (zeroed_box::<[I::Array<T>; B]>(), samples::<T, I, B>(8));
    let (mut layer, mut gradient, mut cache) = (zeroed_box::<BatchNorm<T, N>>(), zeroed_box(), zeroed_box());
    Layer::<T, I, I>::initialize(&mut *layer, options, &mut ChaCha::new(0));
    layer.gamma.as_mut_slice().fill(T::from_f64(1.5));
    layer.beta.as_mut_slice().fill(T::from_f64(0.25));
    let training = Training::new(0, 0, &Serial);
    Layer::<T, I, I>::forward_train::<B>(&*layer, options, x, &mut y[..x.len()], &mut cache, &mut (), &training);
    let mut dy = samples::<T, I, B>(9);
    let pass = Pass { x, y: &y[..x.len()], dy: &mut dy[..x.len()], dx: Some(&mut dx[..x.len()]) };
    Layer::<T, I, I>::backward::<B>(&*layer, options, pass, &mut cache, &mut gradient, &training);
    assert!(layer.moving_mean.iter().all(|m| *m == T::ZERO) && layer.moving_variance.iter().all(|v| *v == T::ONE), "not yet");
    Layer::<T, I, I>::commit::<B>(&mut *layer, options, &cache);
    Step { y, dx, gradient, layer }
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Flat<5>, Flat<5>, BatchNorm<f64, 5>>(&mut layer(1), &OPTIONS, 11).unwrap();
    gradients::<Seq<3, 4>, Seq<3, 4>, BatchNorm<f64, 4>>(&mut layer(2), &OPTIONS, 12).unwrap();
    gradients::<Image<2, 3, 5>, Image<2, 3, 5>, BatchNorm<f64, 5>>(&mut layer(3), &OPTIONS, 13).unwrap();
    let small = BatchNormOptions { eps: 1e-5, ..OPTIONS };
    gradients::<Seq<1, 1>, Seq<1, 1>, BatchNorm<f64, 1>>(&mut layer(4), &small, 14).unwrap();
}

#[test]
fn values_by_hand() {
    let mut norm = layer::<f64, BatchNorm<f64, 2>>(1);
    norm.gamma = SVector::from([3.0, -1.0]);
    norm.beta = SVector::from([0.5, 2.0]);
    norm.moving_mean = SVector::from([1.0, -2.0]);
    norm.moving_variance = SVector::from([4.0, 0.25]);
    let exact = BatchNormOptions { eps: 0.0, momentum: 0.75 };
    let mut y = SVector::zeros();
    forward::<f64, Flat<2>, Flat<2>, _>(&*norm, &exact, &SVector::from([5.0, -1.0]), &mut y);
    assert_eq!(y.as_slice(), [6.5, 0.0]);

    // Two samples, 1 and 5: mean 3, biased variance 4 (the unbiased one would be 8).
    let x = [SVector::from([1.0]), SVector::from([5.0])];
    let Step { y, layer, .. } = step::<f64, Flat<1>, 1, 2>(&exact, &x);
    assert_eq!((y[0][0], y[1][0]), (0.25 - 1.5, 0.25 + 1.5));
    assert_eq!((layer.moving_mean[0], layer.moving_variance[0]), (0.25 * 3.0, 0.75 + 0.25 * 4.0));
}

/// Against the formulas in `f64`, on the very numbers that the `f32` layer sees.
#[test]
fn large_means_and_magnitudes_cost_nothing() {
    for (mean, spread) in [(0.0, 1.0), (1e6, 1.0), (1e4, 1e-3), (1e6, 10.0), (0.0, 1e15), (0.0, 1e30), (-3e30, 1e30), (1e-6, 1e-7)] {
        for eps in [1e-3, 1e-5, 1e-12] {
            let options = BatchNormOptions { eps, momentum: 0.0 };
            let x = samples::<f32, Seq<5, 3>, 20>(3).map(|x| x.map(|x| (mean + spread * f64::from(x)) as f32));
            let Step { y, dx, gradient, layer } = step::<f32, Seq<5, 3>, 3, 20>(&options, &x);
            let dy = samples::<f32, Seq<5, 3>, 20>(9);
            for i in 0..3 {
                let column = |s: &[SMatrix35; 20]| -> std::vec::Vec<f64> {
                    s.iter().flat_map(|s| s.row(i).iter().map(|x| f64::from(*x)).collect::<std::vec::Vec<_>>()).collect()
                };
                let (x, dy, y, dx) = (column(&x), column(&dy), column(&y), column(&dx));
                let average = |values: &dyn Fn(usize) -> f64| (0..100).map(values).sum::<f64>() / 100.0;
                // Shifted, so that f64 is exact enough itself.
                let rest = average(&|k| x[k] - x[0]);
                let variance = average(&|k| (x[k] - x[0] - rest).powi(2));
                let inverse = 1.0 / (variance + eps).sqrt();
                let normal = |k: usize| (x[k] - x[0] - rest) * inverse;
                let (mean_dy, mean_product) = (average(&|k| dy[k]), average(&|k| dy[k] * normal(k)));
                let context = std::format!("mean {mean} spread {spread} eps {eps} column {i}");
                for k in 0..100 {
                    let exact = 1.5 * normal(k) + 0.25;
                    assert!((y[k] - exact).abs() <= 1e-6 * (1.0 + exact.abs()), "{context}: y {} {exact}", y[k]);
                    let exact = 1.5 * inverse * (dy[k] - mean_dy - normal(k) * mean_product);
                    assert!((dx[k] - exact).abs() <= 2e-6 * (inverse + exact.abs()), "{context}: dx {} {exact}", dx[k]);
                }
                assert!((f64::from(gradient.gamma[i]) - 100.0 * mean_product).abs() < 1e-4, "{context}");
                assert!((f64::from(gradient.beta[i]) - 100.0 * mean_dy).abs() < 1e-4, "{context}");
                let measured = f64::from(layer.moving_mean[i]);
                assert!((measured - x[0] - rest).abs() <= 1e-6 * (x[0] + rest).abs().max(variance.sqrt()), "{context}: {measured}");
                // Beyond 1e38 an f32 has no room for the variance.
                if variance < 1e38 {
                    assert!((f64::from(layer.moving_variance[i]) - variance).abs() <= 2e-6 * variance, "{context}");
                }
            }
        }
    }
}

type SMatrix35 = nalgebra::SMatrix<f32, 3, 5>;

#[test]
fn one_sample_has_no_variance_and_gives_beta() {
    let x = [SVector::from([7.0f32, -1e30, 0.0])];
    let Step { y, dx, gradient, layer } = step::<f32, Flat<3>, 3, 1>(&OPTIONS, &x);
    assert_eq!(y[0].as_slice(), [0.25; 3]);
    assert_eq!((dx[0].as_slice(), gradient.gamma.as_slice()), (&[0.0; 3][..], &[0.0; 3][..]));
    assert!((layer.moving_mean[0] - 0.07).abs() < 1e-7 && layer.moving_variance.iter().all(|v| *v == 0.99));
}

#[test]
fn a_partial_batch_is_a_batch() {
    let x = samples::<f64, Flat<3>, 8>(1);
    let (part, whole) = (step::<f64, Flat<3>, 3, 8>(&OPTIONS, &x[..5]), step::<f64, Flat<3>, 3, 5>(&OPTIONS, &x[..5]));
    assert_eq!((&part.y[..5], &part.dx[..5]), (&whole.y[..], &whole.dx[..]));
    assert_eq!(part.layer.moving_variance, whole.layer.moving_variance);
    assert_eq!(part.dx[5..], samples::<f64, Flat<3>, 8>(8)[5..], "the rest is left alone");
}

#[test]
fn nan_stays_in_its_column() {
    let mut x = samples::<f32, Flat<3>, 4>(1);
    x[2][1] = f32::NAN;
    let Step { y, dx, .. } = step::<f32, Flat<3>, 3, 4>(&OPTIONS, &x[..]);
    for s in 0..4 {
        assert!(y[s][1].is_nan() && dx[s][1].is_nan());
        assert!([0, 2].iter().all(|i| y[s][*i].is_finite() && dx[s][*i].is_finite()));
    }
    let mut y = SVector::zeros();
    forward::<f32, Flat<3>, Flat<3>, BatchNorm<f32, 3>>(&layer::<f32, _>(1), &OPTIONS, &x[2], &mut y);
    assert!(y[1].is_nan() && y[0].is_finite() && y[2].is_finite());
}

#[test]
fn inference_is_the_same_alone_in_a_batch_and_step_by_step() {
    let norm = layer::<f32, BatchNorm<f32, 19>>(1);
    alone_as_in_a_batch::<f32, Flat<19>, Flat<19>, _>(&*norm, &OPTIONS);
    alone_as_in_a_batch::<f32, Seq<3, 19>, Seq<3, 19>, _>(&*norm, &OPTIONS);
    steps_as_the_whole::<f32, Seq<9, 19>, Seq<9, 19>, _>(&*norm, &OPTIONS);
    let norm = layer::<f64, BatchNorm<f64, 3>>(2);
    alone_as_in_a_batch::<f64, Image<2, 4, 3>, Image<2, 4, 3>, _>(&*norm, &OPTIONS);
    steps_as_the_whole::<f64, Seq<9, 3>, Seq<9, 3>, _>(&*norm, &OPTIONS);
}

/// Statistics over `[batch, time, features]` are those of the same rows as a larger batch.
#[test]
fn time_counts_as_batch() {
    let x = samples::<f32, Seq<4, 3>, 2>(1);
    let mut rows = zeroed_box::<[SVector<f32, 3>; 8]>();
    Flat::<3>::scalars_mut::<f32>(&mut rows[..]).copy_from_slice(Seq::<4, 3>::scalars::<f32>(&x[..]));
    let (seq, flat) = (step::<f32, Seq<4, 3>, 3, 2>(&OPTIONS, &x[..]), step::<f32, Flat<3>, 3, 8>(&OPTIONS, &rows[..]));
    assert_eq!(bits(Seq::<4, 3>::scalars::<f32>(&seq.y[..])), bits(Flat::<3>::scalars::<f32>(&flat.y[..])));
    assert_eq!(seq.layer.moving_variance, flat.layer.moving_variance);
}

/// On images statistics are those of each channel: pixels are rows.
#[test]
fn pixels_count_as_batch() {
    let x = samples::<f32, Image<2, 3, 5>, 2>(1);
    let mut rows = zeroed_box::<[SVector<f32, 5>; 12]>();
    Flat::<5>::scalars_mut::<f32>(&mut rows[..]).copy_from_slice(Image::<2, 3, 5>::scalars::<f32>(&x[..]));
    let (image, flat) = (step::<f32, Image<2, 3, 5>, 5, 2>(&OPTIONS, &x[..]), step::<f32, Flat<5>, 5, 12>(&OPTIONS, &rows[..]));
    assert_eq!(bits(Image::<2, 3, 5>::scalars::<f32>(&image.y[..])), bits(Flat::<5>::scalars::<f32>(&flat.y[..])));
    assert_eq!(image.layer.moving_mean, flat.layer.moving_mean);
    assert_eq!(image.layer.moving_variance, flat.layer.moving_variance);
}

/// The first row is what the others are shifted by: here it is far from them, and the sums are long.
#[test]
fn the_mean_is_corrected_where_the_first_row_is_an_outlier() {
    let mut x = std::vec![0.0f32; 1 << 16];
    x[1..].iter_mut().enumerate().for_each(|(i, x)| *x = 1000.3 + (i as f32 * 0.7).sin());
    let exact = x.iter().map(|x| f64::from(*x)).sum::<f64>() / x.len() as f64;
    let (mut shift, mut scale, mut mean, mut variance) = ([0.0], [0.0], [0.0], [0.0]);
    let to = Measured { shift: &mut shift, scale: &mut scale, mean: &mut mean, variance: &mut variance };
    measure(&crate::executor::Serial, &x, to);
    assert!((f64::from(mean[0]) - exact).abs() <= 1e-7 * exact, "{} {exact}", mean[0]);
}
