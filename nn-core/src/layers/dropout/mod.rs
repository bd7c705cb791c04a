//! Inverted dropout (Srivastava et al. 2014).

use super::noise::{Noise, noise_layer};
use super::parameterless;
use crate::random::Random;
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, dispatch};

#[cfg(test)]
mod tests;

parameterless!(
    /// In training sets each value to zero with probability `rate` and multiplies the others by `1 / (1 - rate)`; nothing in inference.
    Dropout
);

/// Options of [`Dropout`].
#[derive(Clone, Copy, Debug)]
pub struct DropoutOptions {
    /// The share of values set to zero, in `0.0..1.0`.
    pub rate: f64,
}

impl DropoutOptions {
    /// Nothing is dropped.
    pub const DEFAULT: Self = Self { rate: 0.0 };
}

/// One sample from `from` to `to`, dropped.
struct Drop<'a, T> {
    rate: f64,
    random: Random,
    from: &'a [T],
    to: &'a mut [T],
}

impl<T: Scalar> Kernel for Drop<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<I: Simd>(self, _: I) {
        let Self { rate, random, from, to } = self;
        let threshold = (rate * 4_294_967_296.0) as u64;
        let keep = T::from_f64(1.0 / (1.0 - rate));
        let factor = |bits: u64| if bits >= threshold { keep } else { T::ZERO };
        let ((pairs, rest), (to_pairs, to_rest)) = (from.as_chunks::<2>(), to.as_chunks_mut::<2>());
        for (i, (from, to)) in pairs.iter().zip(to_pairs).enumerate() {
            let bits = random.bits(i);
            *to = [from[0] * factor(bits & 0xFFFF_FFFF), from[1] * factor(bits >> 32)];
        }
        for (from, to) in rest.iter().zip(to_rest) {
            *to = *from * factor(random.bits(pairs.len()) & 0xFFFF_FFFF);
        }
    }
}

impl Noise for Dropout {
    type Options = DropoutOptions;

    fn apply<T: Scalar>(options: &DropoutOptions, random: Random, _: usize, x: &[T], y: &mut [T]) {
        dispatch(Drop { rate: options.rate, random, from: x, to: y });
    }

    fn back<T: Scalar>(options: &DropoutOptions, random: Random, channels: usize, dy: &[T], dx: &mut [T]) {
        Self::apply(options, random, channels, dy, dx);
    }
}

noise_layer!(Dropout, DropoutOptions);
