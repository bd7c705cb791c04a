use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward, layer, samples, steps_as_the_whole, threads_agree};
use crate::shape::{Flat, Image, Seq};

const OPTIONS: RmsNormOptions = RmsNormOptions::DEFAULT;

#[test]
fn gradients_are_the_differences() {
    gradients::<Flat<5>, Flat<5>, RmsNorm<f64, 5>>(&mut layer(1), &OPTIONS, 11).unwrap();
    gradients::<Seq<3, 19>, Seq<3, 19>, RmsNorm<f64, 19>>(&mut layer(2), &RmsNormOptions { eps: 0.1 }, 12).unwrap();
    gradients::<Image<2, 3, 1>, Image<2, 3, 1>, RmsNorm<f64, 1>>(&mut layer(3), &OPTIONS, 13).unwrap();
}

#[test]
fn values_by_hand() {
    let mut norm = layer::<f64, RmsNorm<f64, 2>>(1);
    norm.scale = SVector::from([3.0, -1.0]);
    let mut y = SVector::zeros();
    // Mean square 25: the mean is not subtracted.
    forward::<f64, Flat<2>, Flat<2>, _>(&*norm, &RmsNormOptions { eps: 1e-300 }, &SVector::from([1.0, 7.0]), &mut y);
    assert!((y - SVector::from([0.6, -1.4])).abs().max() < 1e-15, "{y}");
}

/// Squares of large numbers overflow, and those of small ones vanish.
#[test]
fn magnitudes_cost_nothing() {
    const N: usize = 67;
    for magnitude in [1e-12, 1e-6, 1.0, 1e6, 1e15, 1e25, 1e35] {
        let x = samples::<f32, Flat<N>, 1>(3)[0].map(|x| (magnitude * f64::from(x)) as f32);
        let (norm, mut y) = (layer::<f32, RmsNorm<f32, N>>(4), x);
        forward::<f32, Flat<N>, Flat<N>, _>(&*norm, &OPTIONS, &x, &mut y);
        let square = x.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / N as f64;
        for k in 0..N {
            let exact = f64::from(x[k]) / (square + 1e-6).sqrt() * f64::from(norm.scale[k]);
            assert!((f64::from(y[k]) - exact).abs() <= 1e-6 * exact.abs(), "{magnitude}, {k}: {} {exact}", y[k]);
        }
    }
}

#[test]
fn the_same_alone_in_a_batch_step_by_step_and_on_threads() {
    let norm = layer::<f32, RmsNorm<f32, 19>>(1);
    alone_as_in_a_batch::<f32, Seq<3, 19>, Seq<3, 19>, _>(&*norm, &OPTIONS);
    steps_as_the_whole::<f32, Seq<9, 19>, Seq<9, 19>, _>(&*norm, &OPTIONS);
    threads_agree::<f32, Seq<3, 19>, Seq<3, 19>, _>(&*norm, &OPTIONS);
}
