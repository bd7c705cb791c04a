//! `y = x kernel + bias`, along the last axis.

use crate::activation::Activation;
use crate::executor::Executor;
use crate::initializer::{Fans, Initializer};
use crate::kernels::{add_bias_gradient, multiply_batch, multiply_columns, multiply_sample, multiply_transposed};
use crate::layer::{Fuse, Layer, Pass, Stream, Training};
use crate::memory::{flat, flat_mut};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::{LastAxis, Shape};
use crate::simd::Simd;
use nalgebra::{SMatrix, SVector};

#[cfg(test)]
mod tests;

/// A fully connected layer from `IN` to `OUT` features; `BIAS` is `OUT`, or 0 for a layer without bias.
///
/// On `[time, features]` it applies to each step. The memory of `kernel` is `[IN, OUT]` row by row, as in Keras.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct Dense<T: Scalar, const IN: usize, const OUT: usize, const BIAS: usize = OUT> {
    /// Weights: column `i` holds those of input `i`.
    #[parameter(kernel)]
    pub kernel: SMatrix<T, OUT, IN>,
    /// Added to the outputs.
    #[parameter(bias)]
    pub bias: SVector<T, BIAS>,
}

/// Options of [`Dense`].
#[derive(Clone, Copy, Debug)]
pub struct DenseOptions {
    /// How the kernel starts. Default: [`Initializer::GlorotUniform`].
    pub init: Initializer,
    /// How the bias starts. Default: [`Initializer::Zeros`].
    pub bias_init: Initializer,
}

impl DenseOptions {
    /// Keras's defaults.
    pub const DEFAULT: Self = Self { init: Initializer::GlorotUniform, bias_init: Initializer::Zeros };
}

impl<T: Scalar, I, O, const IN: usize, const OUT: usize, const BIAS: usize> Layer<T, I, O> for Dense<T, IN, OUT, BIAS>
where
    I: LastAxis<IN>,
    O: LastAxis<OUT>,
{
    type Options = DenseOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    const MACS: u64 = (I::DIMS.elements() as u64).saturating_mul(OUT as u64);

    fn initialize(&mut self, options: &DenseOptions, random: &mut dyn Source) {
        let fans = Fans::matrix(IN, OUT);
        options.init.fill(flat_mut::<T, _>(core::slice::from_mut(&mut self.kernel)), fans, random);
        options.bias_init.fill(self.bias.as_mut_slice(), Fans::matrix(1, BIAS), random);
    }

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, simd: S, options: &DenseOptions, x: &I::Array<T>, y: &mut O::Array<T>, scratch: &mut ()) {
        Fuse::<T, I, O>::forward_fused::<S, B>(self, simd, options, Activation::Linear, x, y, scratch);
    }

    fn forward_batch<const B: usize>(
        &self,
        options: &DenseOptions,
        x: &[I::Array<T>],
        y: &mut [O::Array<T>],
        scratch: &mut (),
        executor: &dyn Executor,
    ) {
        Fuse::<T, I, O>::forward_batch_fused::<B>(self, options, Activation::Linear, x, y, scratch, executor);
    }

    fn backward<const B: usize>(
        &self,
        _: &DenseOptions,
        pass: Pass<'_, T, I, O>,
        _: &mut (),
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let (x, dy) = (I::scalars::<T>(pass.x), O::scalars::<T>(pass.dy));
        let kernel_gradient = flat_mut::<T, _>(core::slice::from_mut(&mut gradient.kernel));
        multiply_columns(training.executor, x, IN, dy, OUT, kernel_gradient);
        add_bias_gradient(training.executor, dy, gradient.bias.as_mut_slice());
        if let Some(dx) = pass.dx {
            multiply_transposed(training.executor, dy, self.weights(), OUT, I::scalars_mut::<T>(dx));
        }
    }
}

impl<T: Scalar, const IN: usize, const OUT: usize, const BIAS: usize> Dense<T, IN, OUT, BIAS> {
    /// The kernel as `[IN, OUT]`, row by row.
    #[inline(always)]
    fn weights(&self) -> &[T] {
        flat(core::slice::from_ref(&self.kernel))
    }
}

impl<T: Scalar, I, O, const IN: usize, const OUT: usize, const BIAS: usize> Fuse<T, I, O> for Dense<T, IN, OUT, BIAS>
where
    I: LastAxis<IN>,
    O: LastAxis<OUT>,
{
    #[inline(always)]
    fn forward_fused<S: Simd, const B: usize>(
        &self,
        simd: S,
        _: &DenseOptions,
        activation: Activation,
        x: &I::Array<T>,
        y: &mut O::Array<T>,
        _: &mut (),
    ) {
        let (values, y) = (I::scalars::<T>(core::slice::from_ref(x)), O::scalars_mut::<T>(core::slice::from_mut(y)));
        multiply_sample::<S, T, IN, OUT>(simd, values, self.weights(), self.bias.as_slice(), y);
        activation.in_place(simd, OUT, y);
    }

    fn forward_batch_fused<const B: usize>(
        &self,
        _: &DenseOptions,
        activation: Activation,
        x: &[I::Array<T>],
        y: &mut [O::Array<T>],
        _: &mut (),
        executor: &dyn Executor,
    ) {
        let (x, y) = (I::scalars::<T>(x), O::scalars_mut::<T>(y));
        multiply_batch(executor, x, self.weights(), OUT, self.bias.as_slice(), y, &|block| activation.apply(OUT, block));
    }
}

impl<T: Scalar, I, O, const IN: usize, const OUT: usize, const BIAS: usize> Stream<T, I, O> for Dense<T, IN, OUT, BIAS>
where
    I: LastAxis<IN>,
    O: LastAxis<OUT>,
    I::Frame: LastAxis<IN>,
    O::Frame: LastAxis<OUT>,
{
    #[inline(always)]
    fn advance<S: Simd>(
        &self,
        simd: S,
        options: &DenseOptions,
        x: &<I::Frame as Shape>::Array<T>,
        y: &mut <O::Frame as Shape>::Array<T>,
        _: &mut (),
        scratch: &mut (),
    ) {
        Layer::<T, I::Frame, O::Frame>::forward::<S, 1>(self, simd, options, x, y, scratch);
    }
}
