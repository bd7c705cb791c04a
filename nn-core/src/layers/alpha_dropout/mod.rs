//! Dropout that keeps mean and variance of what SELU makes (Klambauer et al. 2017).

use super::noise::{Noise, noise_layer};
use super::parameterless;
use crate::random::Random;
use crate::scalar::Scalar;

#[cfg(test)]
mod tests;

parameterless!(
    /// In training sets each value to the lower limit of SELU with probability `rate`, then scales and shifts all, so that values of mean
    /// 0 and variance 1 keep both; nothing in inference.
    AlphaDropout
);

/// Options of [`AlphaDropout`].
#[derive(Clone, Copy, Debug)]
pub struct AlphaDropoutOptions {
    /// The share of values set to the limit, in `0.0..1.0`.
    pub rate: f64,
}

impl AlphaDropoutOptions {
    /// Nothing is dropped.
    pub const DEFAULT: Self = Self { rate: 0.0 };
}

/// SELU of minus infinity: `-scale * alpha`.
const LIMIT: f64 = -1.758_099_340_847_376_6;

/// The factor and the summand after dropping.
fn affine(rate: f64) -> [f64; 2] {
    let factor = 1.0 / libm::sqrt((1.0 - rate) * (1.0 + rate * LIMIT * LIMIT));
    [factor, -factor * LIMIT * rate]
}

impl Noise for AlphaDropout {
    type Options = AlphaDropoutOptions;

    fn apply<T: Scalar>(options: &AlphaDropoutOptions, random: Random, _: usize, x: &[T], y: &mut [T]) {
        let ([factor, summand], limit) = (affine(options.rate).map(T::from_f64), T::from_f64(LIMIT));
        for (i, (x, y)) in x.iter().zip(y).enumerate() {
            let kept = if random.uniform(i) >= options.rate { *x } else { limit };
            *y = factor * kept + summand;
        }
    }

    fn back<T: Scalar>(options: &AlphaDropoutOptions, random: Random, _: usize, dy: &[T], dx: &mut [T]) {
        let [factor, _] = affine(options.rate).map(T::from_f64);
        for (i, (dy, dx)) in dy.iter().zip(dx).enumerate() {
            *dx = if random.uniform(i) >= options.rate { *dy * factor } else { T::ZERO };
        }
    }
}

noise_layer!(AlphaDropout, AlphaDropoutOptions);
