//! Layer normalisation (Ba, Kiros and Hinton 2016).

use crate::executor::Executor;
use crate::kernels::{Normal, sum_columns};
use crate::layer::{Layer, Pass, Stream, Training};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::{LastAxis, Shape};
use crate::simd::Simd;
use nalgebra::SVector;

#[cfg(test)]
mod tests;

/// Normalises each step of `N` features (or each pixel) to mean 0 and standard deviation 1, then scales by `gamma` and shifts by `beta`;
/// `BETA` is `N`, or 0 for a layer without shift.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct LayerNorm<T: Scalar, const N: usize, const BETA: usize = N> {
    /// The scale.
    #[parameter(other)]
    pub gamma: SVector<T, N>,
    /// The shift.
    #[parameter(other)]
    pub beta: SVector<T, BETA>,
}

/// Options of [`LayerNorm`].
#[derive(Clone, Copy, Debug)]
pub struct LayerNormOptions {
    /// Added to the variance. Default: 1e-3 (PyTorch: 1e-5).
    pub eps: f64,
}

impl LayerNormOptions {
    /// Keras's defaults.
    pub const DEFAULT: Self = Self { eps: 1e-3 };
}

impl<T: Scalar, const N: usize, const BETA: usize> LayerNorm<T, N, BETA> {
    #[inline(always)]
    pub(in crate::layers) fn normal(&self, options: &LayerNormOptions) -> Normal<'_, T, true> {
        Normal { eps: T::from_f64(options.eps), gamma: self.gamma.as_slice(), beta: self.beta.as_slice() }
    }
}

impl<T: Scalar, I: LastAxis<N>, const N: usize, const BETA: usize> Layer<T, I, I> for LayerNorm<T, N, BETA> {
    type Options = LayerNormOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    /// The normal rows.
    type Cache<const B: usize> = [I::Array<T>; B];

    const MACS: u64 = I::DIMS.elements() as u64;

    fn initialize(&mut self, _: &LayerNormOptions, _: &mut dyn Source) {
        self.gamma.as_mut_slice().fill(T::ONE);
    }

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, simd: S, options: &LayerNormOptions, x: &I::Array<T>, y: &mut I::Array<T>, _: &mut ()) {
        let (x, y) = (I::scalars::<T>(core::slice::from_ref(x)), I::scalars_mut::<T>(core::slice::from_mut(y)));
        self.normal(options).sample(simd, x, y);
    }

    fn forward_batch<const B: usize>(
        &self,
        options: &LayerNormOptions,
        x: &[I::Array<T>],
        y: &mut [I::Array<T>],
        _: &mut (),
        executor: &dyn Executor,
    ) {
        self.normal(options).batch(executor, I::scalars::<T>(x), I::scalars_mut::<T>(y));
    }

    fn forward_train<const B: usize>(
        &self,
        options: &LayerNormOptions,
        x: &[I::Array<T>],
        y: &mut [I::Array<T>],
        cache: &mut [I::Array<T>; B],
        _: &mut (),
        training: &Training<'_>,
    ) {
        let kept = I::scalars_mut::<T>(&mut cache[..x.len()]);
        self.normal(options).train(training.executor, I::scalars::<T>(x), I::scalars_mut::<T>(y), kept);
    }

    fn backward<const B: usize>(
        &self,
        options: &LayerNormOptions,
        pass: Pass<'_, T, I, I>,
        cache: &mut [I::Array<T>; B],
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let kept = I::scalars::<T>(&cache[..pass.x.len()]);
        let dy = I::scalars::<T>(pass.dy);
        let add = |to: &mut T, sum: T| *to += sum;
        sum_columns(training.executor, kept, dy, [gradient.gamma.as_mut_slice()], &|normal, dy, _| [dy * normal], &add);
        sum_columns(training.executor, dy, dy, [gradient.beta.as_mut_slice()], &|dy, _, _| [dy], &add);
        if let Some(dx) = pass.dx {
            self.normal(options).backward(training.executor, I::scalars::<T>(pass.x), kept, dy, I::scalars_mut::<T>(dx));
        }
    }
}

impl<T: Scalar, I: LastAxis<N>, const N: usize, const BETA: usize> Stream<T, I, I> for LayerNorm<T, N, BETA>
where
    I::Frame: LastAxis<N>,
{
    #[inline(always)]
    fn advance<S: Simd>(
        &self,
        simd: S,
        options: &LayerNormOptions,
        x: &<I::Frame as Shape>::Array<T>,
        y: &mut <I::Frame as Shape>::Array<T>,
        _: &mut (),
        scratch: &mut (),
    ) {
        Layer::<T, I::Frame, I::Frame>::forward::<S, 1>(self, simd, options, x, y, scratch);
    }
}
