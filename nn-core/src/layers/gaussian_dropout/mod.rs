//! Multiplicative noise (Srivastava et al. 2014).

use super::noise::{Noise, map_normals, noise_layer};
use super::parameterless;
use crate::random::Random;
use crate::scalar::Scalar;

#[cfg(test)]
mod tests;

parameterless!(
    /// In training multiplies each value by a normal random number of mean 1 and standard deviation `sqrt(rate / (1 - rate))`, as large
    /// as that of dropout with this rate; nothing in inference.
    GaussianDropout
);

/// Options of [`GaussianDropout`].
#[derive(Clone, Copy, Debug)]
pub struct GaussianDropoutOptions {
    /// The rate of the dropout it replaces, in `0.0..1.0`.
    pub rate: f64,
}

impl GaussianDropoutOptions {
    /// Nothing is changed.
    pub const DEFAULT: Self = Self { rate: 0.0 };
}

impl Noise for GaussianDropout {
    type Options = GaussianDropoutOptions;

    fn apply<T: Scalar>(options: &GaussianDropoutOptions, random: Random, _: usize, x: &[T], y: &mut [T]) {
        let stddev = T::from_f64(libm::sqrt(options.rate / (1.0 - options.rate)));
        map_normals(random, x, y, |x, normal| x * (T::ONE + stddev * normal));
    }

    fn back<T: Scalar>(options: &GaussianDropoutOptions, random: Random, channels: usize, dy: &[T], dx: &mut [T]) {
        Self::apply(options, random, channels, dy, dx);
    }
}

noise_layer!(GaussianDropout, GaussianDropoutOptions);
