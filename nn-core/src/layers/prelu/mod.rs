//! A leaky ReLU whose slopes are learned (He et al. 2015).

use crate::initializer::{Fans, Initializer};
use crate::layer::{Layer, Pass, Stream, Training};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::{LastAxis, Shape};
use crate::simd::Simd;
use nalgebra::SVector;

#[cfg(test)]
mod tests;

/// `x` where positive, `alpha x` elsewhere; one `alpha` a feature or channel (Keras's `PReLU` with the other axes shared).
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct Prelu<T: Scalar, const N: usize> {
    /// The slopes.
    #[parameter(other)]
    pub alpha: SVector<T, N>,
}

/// Options of [`Prelu`].
#[derive(Clone, Copy, Debug)]
pub struct PreluOptions {
    /// How the slopes start. Default: [`Initializer::Zeros`] (PyTorch: `Constant(0.25)`).
    pub init: Initializer,
}

impl PreluOptions {
    /// Keras's defaults.
    pub const DEFAULT: Self = Self { init: Initializer::Zeros };
}

impl<T: Scalar, I: LastAxis<N>, const N: usize> Layer<T, I, I> for Prelu<T, N> {
    type Options = PreluOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    fn initialize(&mut self, options: &PreluOptions, random: &mut dyn Source) {
        options.init.fill(self.alpha.as_mut_slice(), Fans::matrix(1, N), random);
    }

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, _: S, _: &PreluOptions, x: &I::Array<T>, y: &mut I::Array<T>, _: &mut ()) {
        let (x, y) = (I::scalars::<T>(core::slice::from_ref(x)), I::scalars_mut::<T>(core::slice::from_mut(y)));
        for (x, y) in x.chunks_exact(N).zip(y.chunks_exact_mut(N)) {
            for ((y, x), alpha) in y.iter_mut().zip(x).zip(self.alpha.as_slice()) {
                *y = if *x > T::ZERO { *x } else { *alpha * *x };
            }
        }
    }

    fn backward<const B: usize>(&self, _: &PreluOptions, pass: Pass<'_, T, I, I>, _: &mut (), gradient: &mut Self, _: &Training<'_>) {
        let (x, dy) = (I::scalars::<T>(pass.x), I::scalars::<T>(pass.dy));
        for (x, dy) in x.chunks_exact(N).zip(dy.chunks_exact(N)) {
            for ((sum, x), dy) in gradient.alpha.as_mut_slice().iter_mut().zip(x).zip(dy) {
                *sum += if *x > T::ZERO { T::ZERO } else { *x * *dy };
            }
        }
        let Some(dx) = pass.dx else { return };
        for ((x, dy), dx) in x.chunks_exact(N).zip(dy.chunks_exact(N)).zip(I::scalars_mut::<T>(dx).chunks_exact_mut(N)) {
            for (((dx, x), dy), alpha) in dx.iter_mut().zip(x).zip(dy).zip(self.alpha.as_slice()) {
                *dx = if *x > T::ZERO { *dy } else { *alpha * *dy };
            }
        }
    }
}

impl<T: Scalar, I: LastAxis<N>, const N: usize> Stream<T, I, I> for Prelu<T, N>
where
    I::Frame: LastAxis<N>,
{
    #[inline(always)]
    fn advance<S: Simd>(
        &self,
        simd: S,
        options: &PreluOptions,
        x: &<I::Frame as Shape>::Array<T>,
        y: &mut <I::Frame as Shape>::Array<T>,
        _: &mut (),
        scratch: &mut (),
    ) {
        Layer::<T, I::Frame, I::Frame>::forward::<S, 1>(self, simd, options, x, y, scratch);
    }
}
