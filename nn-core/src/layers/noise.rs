//! What the layers that are random in training and do nothing in inference have in common.

use crate::executor::for_rows;
use crate::layer::Training;
use crate::random::Random;
use crate::scalar::Scalar;

/// A layer that changes values at random in training. What it does to a sample is a function of `random`, so forward and backward need
/// not remember it.
pub trait Noise {
    /// Its options.
    type Options: Sync + 'static;
    /// One sample of numbers with `channels` on the last axis.
    fn apply<T: Scalar>(options: &Self::Options, random: Random, channels: usize, x: &[T], y: &mut [T]);
    /// The gradient of one sample.
    fn back<T: Scalar>(options: &Self::Options, random: Random, channels: usize, dy: &[T], dx: &mut [T]);
}

/// Work on one sample: its random numbers, what is read, what is written.
pub type OneSample<'a, T> = &'a (dyn Fn(Random, &[T], &mut [T]) + Sync);

/// Works on each sample of `len` numbers, on the executor's threads.
pub fn samples<T: Scalar>(from: &[T], to: &mut [T], len: usize, training: &Training<'_>, work: OneSample<'_, T>) {
    for_rows(training.executor, to, len, 1, &|first, to| {
        for (i, (from, to)) in from[first * len..].chunks_exact(len).zip(to.chunks_exact_mut(len)).enumerate() {
            work(training.random(first + i), from, to);
        }
    });
}

/// Standard normal numbers `2 i` and `2 i + 1` of a key, by Box and Muller's transform (1958).
pub fn normals(random: Random, i: usize) -> [f64; 2] {
    let bits = random.bits(i);
    // In (0, 1], so that the logarithm is finite.
    let uniform = ((bits >> 32) + 1) as f64 * (1.0 / 4_294_967_296.0);
    let angle = core::f64::consts::TAU * (bits & 0xFFFF_FFFF) as f64 * (1.0 / 4_294_967_296.0);
    let radius = libm::sqrt(-2.0 * libm::log(uniform));
    let (sine, cosine) = libm::sincos(angle);
    [radius * cosine, radius * sine]
}

/// `y = f(x, a standard normal number)`, element by element.
pub fn map_normals<T: Scalar>(random: Random, x: &[T], y: &mut [T], f: impl Fn(T, T) -> T) {
    for (i, (x, y)) in x.chunks(2).zip(y.chunks_mut(2)).enumerate() {
        for ((x, y), normal) in x.iter().zip(y).zip(normals(random, i)) {
            *y = f(*x, T::from_f64(normal));
        }
    }
}

/// `Layer` and `Stream` for a layer of [`Noise`] on the shapes `$shape`.
macro_rules! noise_layer {
    ($name:ident, $options:ident) => {
        impl<T: crate::scalar::Scalar, S: crate::shape::Real> crate::layer::Layer<T, S, S> for $name {
            type Options = $options;
            type Scratch<const B: usize> = ();
            type State = ();
            type Cache<const B: usize> = ();

            #[inline(always)]
            fn forward<I: crate::simd::Simd, const B: usize>(&self, _: I, _: &$options, x: &S::Array<T>, y: &mut S::Array<T>, _: &mut ()) {
                S::scalars_mut::<T>(core::slice::from_mut(y)).copy_from_slice(S::scalars::<T>(core::slice::from_ref(x)));
            }

            fn forward_train<const B: usize>(
                &self,
                options: &$options,
                x: &[S::Array<T>],
                y: &mut [S::Array<T>],
                _: &mut (),
                _: &mut (),
                training: &crate::layer::Training<'_>,
            ) {
                let (len, channels) = (S::DIMS.elements(), S::DIMS.last());
                crate::layers::noise::samples(S::scalars::<T>(x), S::scalars_mut::<T>(y), len, training, &|random, x, y| {
                    <$name as crate::layers::noise::Noise>::apply(options, random, channels, x, y);
                });
            }

            fn backward<const B: usize>(
                &self,
                options: &$options,
                pass: crate::layer::Pass<'_, T, S, S>,
                _: &mut (),
                _: &mut Self,
                training: &crate::layer::Training<'_>,
            ) {
                let Some(dx) = pass.dx else { return };
                let (len, channels) = (S::DIMS.elements(), S::DIMS.last());
                crate::layers::noise::samples(S::scalars::<T>(pass.dy), S::scalars_mut::<T>(dx), len, training, &|random, dy, dx| {
                    <$name as crate::layers::noise::Noise>::back(options, random, channels, dy, dx);
                });
            }
        }

        impl<T: crate::scalar::Scalar, S: crate::shape::Real<Frame: crate::shape::Real>> crate::layer::Stream<T, S, S> for $name {
            #[inline(always)]
            fn advance<I: crate::simd::Simd>(
                &self,
                simd: I,
                options: &$options,
                x: &<S::Frame as crate::shape::Shape>::Array<T>,
                y: &mut <S::Frame as crate::shape::Shape>::Array<T>,
                _: &mut (),
                scratch: &mut (),
            ) {
                crate::layer::Layer::<T, S::Frame, S::Frame>::forward::<I, 1>(self, simd, options, x, y, scratch);
            }
        }
    };
}
pub(super) use noise_layer;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_numbers_have_their_moments_and_are_independent() {
        let n = 100_000;
        let pairs: std::vec::Vec<[f64; 2]> = (0..n).map(|i| normals(Random::new(3), i)).collect();
        let mean = |f: &dyn Fn(&[f64; 2]) -> f64| pairs.iter().map(f).sum::<f64>() / n as f64;
        for side in [0, 1] {
            let sigma = 1.0 / (n as f64).sqrt();
            assert!(mean(&|pair| pair[side]).abs() < 5.0 * sigma);
            assert!((mean(&|pair| pair[side].powi(2)) - 1.0).abs() < 5.0 * 1.42 * sigma);
            assert!((mean(&|pair| pair[side].powi(4)) - 3.0).abs() < 5.0 * 10.0 * sigma);
        }
        assert!(mean(&|pair| pair[0] * pair[1]).abs() < 5.0 / (n as f64).sqrt());
    }
}
