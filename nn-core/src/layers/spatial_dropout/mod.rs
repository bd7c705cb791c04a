//! Dropout of whole channels (Tompson et al. 2015).

use super::noise::{Noise, noise_layer};
use super::parameterless;
use crate::random::Random;
use crate::scalar::Scalar;

#[cfg(test)]
mod tests;

parameterless!(
    /// In training sets each feature or channel of a sample to zero, at all its steps or pixels, with probability `rate` and multiplies
    /// the others by `1 / (1 - rate)`; nothing in inference.
    SpatialDropout
);

/// Options of [`SpatialDropout`].
#[derive(Clone, Copy, Debug)]
pub struct SpatialDropoutOptions {
    /// The share of channels set to zero, in `0.0..1.0`.
    pub rate: f64,
}

impl SpatialDropoutOptions {
    /// Nothing is dropped.
    pub const DEFAULT: Self = Self { rate: 0.0 };
}

impl Noise for SpatialDropout {
    type Options = SpatialDropoutOptions;

    fn apply<T: Scalar>(options: &SpatialDropoutOptions, random: Random, channels: usize, x: &[T], y: &mut [T]) {
        let keep = T::from_f64(1.0 / (1.0 - options.rate));
        for channel in 0..channels {
            let factor = if random.uniform(channel) >= options.rate { keep } else { T::ZERO };
            let places = x.iter().skip(channel).step_by(channels);
            for (x, y) in places.zip(y.iter_mut().skip(channel).step_by(channels)) {
                *y = *x * factor;
            }
        }
    }

    fn back<T: Scalar>(options: &SpatialDropoutOptions, random: Random, channels: usize, dy: &[T], dx: &mut [T]) {
        Self::apply(options, random, channels, dy, dx);
    }
}

noise_layer!(SpatialDropout, SpatialDropoutOptions);
