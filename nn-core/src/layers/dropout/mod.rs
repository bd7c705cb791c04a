//! Inverted dropout (Srivastava et al. 2014).

use super::parameterless;
use crate::executor::for_rows;
use crate::layer::{Layer, Pass, Stream, Training};
use crate::random::Random;
use crate::scalar::Scalar;
use crate::shape::{Real, Shape};
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

/// One sample from `from` to `to`, dropped. The mask is a function of `random`, so forward and backward need not remember it.
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

/// All samples, on the executor's threads.
fn drop_samples<T: Scalar>(rate: f64, from: &[T], to: &mut [T], len: usize, training: &Training<'_>) {
    for_rows(training.executor, to, len, 1, &|first, to| {
        for (i, (from, to)) in from[first * len..].chunks_exact(len).zip(to.chunks_exact_mut(len)).enumerate() {
            dispatch(Drop { rate, random: training.random(first + i), from, to });
        }
    });
}

impl<T: Scalar, S: Real> Layer<T, S, S> for Dropout {
    type Options = DropoutOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<I: Simd, const B: usize>(&self, _: I, _: &DropoutOptions, x: &S::Array<T>, y: &mut S::Array<T>, _: &mut ()) {
        S::scalars_mut::<T>(core::slice::from_mut(y)).copy_from_slice(S::scalars::<T>(core::slice::from_ref(x)));
    }

    fn forward_train<const B: usize>(
        &self,
        options: &DropoutOptions,
        x: &[S::Array<T>],
        y: &mut [S::Array<T>],
        _: &mut (),
        _: &mut (),
        training: &Training<'_>,
    ) {
        drop_samples(options.rate, S::scalars::<T>(x), S::scalars_mut::<T>(y), S::DIMS.elements(), training);
    }

    fn backward<const B: usize>(
        &self,
        options: &DropoutOptions,
        pass: Pass<'_, T, S, S>,
        _: &mut (),
        _: &mut Self,
        training: &Training<'_>,
    ) {
        let Some(dx) = pass.dx else { return };
        drop_samples(options.rate, S::scalars::<T>(pass.dy), S::scalars_mut::<T>(dx), S::DIMS.elements(), training);
    }
}

impl<T: Scalar, S: Real<Frame: Real>> Stream<T, S, S> for Dropout {
    #[inline(always)]
    fn advance<I: Simd>(
        &self,
        simd: I,
        options: &DropoutOptions,
        x: &<S::Frame as Shape>::Array<T>,
        y: &mut <S::Frame as Shape>::Array<T>,
        _: &mut (),
        scratch: &mut (),
    ) {
        Layer::<T, S::Frame, S::Frame>::forward::<I, 1>(self, simd, options, x, y, scratch);
    }
}
