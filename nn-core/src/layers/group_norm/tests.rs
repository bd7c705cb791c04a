use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward, layer, samples, threads_agree};
use crate::shape::{Flat, Image, Seq};
use std::vec::Vec;

const OPTIONS: GroupNormOptions = GroupNormOptions::DEFAULT;

#[test]
fn gradients_are_the_differences() {
    gradients::<Flat<6>, Flat<6>, GroupNorm<f64, 6, 2>>(&mut layer(1), &OPTIONS, 11).unwrap();
    gradients::<Seq<5, 6>, Seq<5, 6>, GroupNorm<f64, 6, 3>>(&mut layer(2), &OPTIONS, 12).unwrap();
    gradients::<Image<5, 4, 3>, Image<5, 4, 3>, GroupNorm<f64, 3, 1>>(&mut layer(3), &OPTIONS, 13).unwrap();
    // Instance normalisation.
    gradients::<Image<2, 3, 5>, Image<2, 3, 5>, GroupNorm<f64, 5, 5>>(&mut layer(4), &GroupNormOptions { eps: 1e-5 }, 14).unwrap();
}

#[test]
fn groups_are_neighbouring_channels() {
    let mut norm = layer::<f64, GroupNorm<f64, 4, 2>>(1);
    norm.gamma = SVector::from([1.0, 2.0, 3.0, 4.0]);
    norm.beta = SVector::from([0.0, 0.0, 0.0, 10.0]);
    let mut y = nalgebra::SMatrix::zeros();
    let x = nalgebra::SMatrix::from_column_slice(&[1.0, 1.0, 10.0, 20.0, 3.0, 3.0, 10.0, 20.0]);
    forward::<f64, Seq<2, 4>, Seq<2, 4>, _>(&*norm, &GroupNormOptions { eps: 1e-300 }, &x, &mut y);
    assert_eq!(y.as_slice(), [-1.0, -2.0, -3.0, 14.0, 1.0, 2.0, -3.0, 14.0]);
}

/// Against the formulas in `f64`, on the very numbers that the `f32` layer sees; more channels than go side by side.
#[test]
fn large_means_and_magnitudes_cost_nothing() {
    const C: usize = 36;
    const GROUPS: usize = 4;
    for (mean, spread) in [(0.0, 1.0), (1e6, 1.0), (1e4, 1e-3), (0.0, 1e15), (0.0, 1e30), (-3e30, 1e30), (1e-6, 1e-7)] {
        for eps in [1e-3, 1e-12] {
            let x = samples::<f32, Seq<19, C>, 1>(3)[0].map(|x| (mean + spread * f64::from(x)) as f32);
            let (norm, mut y) = (layer::<f32, GroupNorm<f32, C, GROUPS>>(4), x);
            forward::<f32, Seq<19, C>, Seq<19, C>, _>(&*norm, &GroupNormOptions { eps }, &x, &mut y);
            for group in 0..GROUPS {
                let channels = group * (C / GROUPS)..(group + 1) * (C / GROUPS);
                let places: Vec<(usize, usize)> = (0..19).flat_map(|t| channels.clone().map(move |c| (c, t))).collect();
                let shifted = |place: &(usize, usize)| f64::from(x[*place]) - f64::from(x[places[0]]);
                let rest = places.iter().map(shifted).sum::<f64>() / places.len() as f64;
                let variance = places.iter().map(|p| (shifted(p) - rest).powi(2)).sum::<f64>() / places.len() as f64;
                for place in &places {
                    let normal = (shifted(place) - rest) / (variance + eps).sqrt();
                    let exact = normal * f64::from(norm.gamma[place.0]) + f64::from(norm.beta[place.0]);
                    let got = f64::from(y[*place]);
                    assert!((got - exact).abs() <= 1e-6 * (1.0 + exact.abs()), "mean {mean} spread {spread} {place:?}: {got} {exact}");
                }
            }
        }
    }
}

#[test]
fn the_same_alone_in_a_batch_and_on_threads() {
    let norm = layer::<f32, GroupNorm<f32, 36, 3>>(1);
    alone_as_in_a_batch::<f32, Seq<17, 36>, Seq<17, 36>, _>(&*norm, &OPTIONS);
    threads_agree::<f32, Seq<17, 36>, Seq<17, 36>, _>(&*norm, &OPTIONS);
    alone_as_in_a_batch::<f64, Image<3, 2, 6>, Image<3, 2, 6>, _>(&*layer::<f64, GroupNorm<f64, 6, 6>>(2), &OPTIONS);
}
