//! A penalty on values instead of parameters.

use super::parameterless;
use crate::layer::{Layer, Pass, Stream, Training};
use crate::scalar::Scalar;
use crate::shape::{Real, Shape};
use crate::simd::{Kernel, Simd, dispatch};

#[cfg(test)]
mod tests;

parameterless!(
    /// In training adds `l1 sum(|x|) + l2 sum(x^2)` of the values that pass through it to the loss, the mean over the samples of a
    /// batch; the values stay as they are. Nothing in inference: the loss of an evaluation is without it.
    ActivityRegularization
);

/// Options of [`ActivityRegularization`].
#[derive(Clone, Copy, Debug)]
pub struct ActivityRegularizationOptions {
    /// The factor of `sum(|x|)`.
    pub l1: f64,
    /// The factor of `sum(x^2)`.
    pub l2: f64,
}

impl ActivityRegularizationOptions {
    /// No penalty.
    pub const DEFAULT: Self = Self { l1: 0.0, l2: 0.0 };
}

/// How many sums go side by side: fixed, so that the same bits come out on every machine.
const LANES: usize = 16;

/// The penalty of one sample.
struct Value<'a, T> {
    options: ActivityRegularizationOptions,
    x: &'a [T],
}

impl<T: Scalar> Kernel for Value<'_, T> {
    type Output = f64;
    #[inline(always)]
    fn run<I: Simd>(self, _: I) -> f64 {
        let (mut sizes, mut squares) = ([0.0; LANES], [0.0; LANES]);
        for x in self.x.chunks(LANES) {
            for ((size, square), x) in sizes.iter_mut().zip(&mut squares).zip(x) {
                let x = x.to_f64();
                *size += x.abs();
                *square += x * x;
            }
        }
        self.options.l1 * sizes.iter().sum::<f64>() + self.options.l2 * squares.iter().sum::<f64>()
    }
}

/// `dx = dy + (l1 sign(x) + 2 l2 x) / samples`.
struct Slopes<'a, T> {
    options: ActivityRegularizationOptions,
    samples: usize,
    x: &'a [T],
    dy: &'a [T],
    dx: &'a mut [T],
}

impl<T: Scalar> Kernel for Slopes<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<I: Simd>(self, _: I) {
        let samples = self.samples.max(1) as f64;
        let (l1, l2) = (T::from_f64(self.options.l1 / samples), T::from_f64(2.0 * self.options.l2 / samples));
        for ((dx, dy), x) in self.dx.iter_mut().zip(self.dy).zip(self.x) {
            let positive = if *x > T::ZERO { l1 } else { T::ZERO };
            let signed = if *x < T::ZERO { -l1 } else { positive };
            *dx = *dy + (signed + l2 * *x);
        }
    }
}

impl<T: Scalar, S: Real> Layer<T, S, S> for ActivityRegularization {
    type Options = ActivityRegularizationOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<I: Simd, const B: usize>(&self, _: I, _: &Self::Options, x: &S::Array<T>, y: &mut S::Array<T>, _: &mut ()) {
        S::scalars_mut::<T>(core::slice::from_mut(y)).copy_from_slice(S::scalars::<T>(core::slice::from_ref(x)));
    }

    fn forward_train<const B: usize>(
        &self,
        options: &Self::Options,
        x: &[S::Array<T>],
        y: &mut [S::Array<T>],
        _: &mut (),
        _: &mut (),
        training: &Training<'_>,
    ) {
        S::scalars_mut::<T>(y).copy_from_slice(S::scalars::<T>(x));
        let values = S::scalars::<T>(x).chunks(S::DIMS.elements().max(1));
        let penalty: f64 = values.map(|x| dispatch(Value { options: *options, x })).sum();
        training.add_penalty(penalty / x.len().max(1) as f64);
    }

    fn backward<const B: usize>(&self, options: &Self::Options, pass: Pass<'_, T, S, S>, _: &mut (), _: &mut Self, _: &Training<'_>) {
        let Some(dx) = pass.dx else { return };
        let (samples, x) = (pass.x.len(), S::scalars::<T>(pass.x));
        dispatch(Slopes { options: *options, samples, x, dy: S::scalars::<T>(pass.dy), dx: S::scalars_mut::<T>(dx) });
    }
}

impl<T: Scalar, S: Real<Frame: Real>> Stream<T, S, S> for ActivityRegularization {
    #[inline(always)]
    fn advance<I: Simd>(
        &self,
        simd: I,
        options: &Self::Options,
        x: &<S::Frame as Shape>::Array<T>,
        y: &mut <S::Frame as Shape>::Array<T>,
        _: &mut (),
        scratch: &mut (),
    ) {
        Layer::<T, S::Frame, S::Frame>::forward::<I, 1>(self, simd, options, x, y, scratch);
    }
}
