//! Additive noise.

use super::noise::{Noise, map_normals, noise_layer};
use super::parameterless;
use crate::random::Random;
use crate::scalar::Scalar;

#[cfg(test)]
mod tests;

parameterless!(
    /// In training adds a normal random number of mean 0 and standard deviation `stddev` to each value; nothing in inference.
    GaussianNoise
);

/// Options of [`GaussianNoise`].
#[derive(Clone, Copy, Debug)]
pub struct GaussianNoiseOptions {
    /// The standard deviation of what is added, at least 0.
    pub stddev: f64,
}

impl GaussianNoiseOptions {
    /// Nothing is added.
    pub const DEFAULT: Self = Self { stddev: 0.0 };
}

impl Noise for GaussianNoise {
    type Options = GaussianNoiseOptions;

    fn apply<T: Scalar>(options: &GaussianNoiseOptions, random: Random, _: usize, x: &[T], y: &mut [T]) {
        let stddev = T::from_f64(options.stddev);
        map_normals(random, x, y, |x, normal| x + stddev * normal);
    }

    fn back<T: Scalar>(_: &GaussianNoiseOptions, _: Random, _: usize, dy: &[T], dx: &mut [T]) {
        dx.copy_from_slice(dy);
    }
}

noise_layer!(GaussianNoise, GaussianNoiseOptions);
