//! Root mean square normalisation (Zhang and Sennrich 2019).

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

/// Normalises each step of `N` features (or each pixel) to root mean square 1, then scales by `scale`.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct RmsNorm<T: Scalar, const N: usize> {
    /// The scale.
    #[parameter(other)]
    pub scale: SVector<T, N>,
}

/// Options of [`RmsNorm`].
#[derive(Clone, Copy, Debug)]
pub struct RmsNormOptions {
    /// Added to the mean square. Default: 1e-6 (PyTorch: the scalar's epsilon).
    pub eps: f64,
}

impl RmsNormOptions {
    /// Keras's defaults.
    pub const DEFAULT: Self = Self { eps: 1e-6 };
}

impl<T: Scalar, const N: usize> RmsNorm<T, N> {
    #[inline(always)]
    fn normal(&self, options: &RmsNormOptions) -> Normal<'_, T, false> {
        Normal { eps: T::from_f64(options.eps), gamma: self.scale.as_slice(), beta: &[] }
    }
}

impl<T: Scalar, I: LastAxis<N>, const N: usize> Layer<T, I, I> for RmsNorm<T, N> {
    type Options = RmsNormOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    /// The normal rows.
    type Cache<const B: usize> = [I::Array<T>; B];

    const MACS: u64 = I::DIMS.elements() as u64;

    fn initialize(&mut self, _: &RmsNormOptions, _: &mut dyn Source) {
        self.scale.as_mut_slice().fill(T::ONE);
    }

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, simd: S, options: &RmsNormOptions, x: &I::Array<T>, y: &mut I::Array<T>, _: &mut ()) {
        let (x, y) = (I::scalars::<T>(core::slice::from_ref(x)), I::scalars_mut::<T>(core::slice::from_mut(y)));
        self.normal(options).sample(simd, x, y);
    }

    fn forward_batch<const B: usize>(
        &self,
        options: &RmsNormOptions,
        x: &[I::Array<T>],
        y: &mut [I::Array<T>],
        _: &mut (),
        executor: &dyn Executor,
    ) {
        self.normal(options).batch(executor, I::scalars::<T>(x), I::scalars_mut::<T>(y));
    }

    fn forward_train<const B: usize>(
        &self,
        options: &RmsNormOptions,
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
        options: &RmsNormOptions,
        pass: Pass<'_, T, I, I>,
        cache: &mut [I::Array<T>; B],
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let kept = I::scalars::<T>(&cache[..pass.x.len()]);
        let dy = I::scalars::<T>(pass.dy);
        let add = |to: &mut T, sum: T| *to += sum;
        sum_columns(training.executor, kept, dy, [gradient.scale.as_mut_slice()], &|normal, dy, _| [dy * normal], &add);
        if let Some(dx) = pass.dx {
            self.normal(options).backward(training.executor, I::scalars::<T>(pass.x), kept, dy, I::scalars_mut::<T>(dx));
        }
    }
}

impl<T: Scalar, I: LastAxis<N>, const N: usize> Stream<T, I, I> for RmsNorm<T, N>
where
    I::Frame: LastAxis<N>,
{
    #[inline(always)]
    fn advance<S: Simd>(
        &self,
        simd: S,
        options: &RmsNormOptions,
        x: &<I::Frame as Shape>::Array<T>,
        y: &mut <I::Frame as Shape>::Array<T>,
        _: &mut (),
        scratch: &mut (),
    ) {
        Layer::<T, I::Frame, I::Frame>::forward::<S, 1>(self, simd, options, x, y, scratch);
    }
}
