//! A convolution over time of each feature on its own.

use super::conv1d::{Conv1dOptions, Conv1dState, one_step};
use crate::activation::Activation;
use crate::executor::Executor;
use crate::initializer::Fans;
use crate::kernels::{Convolution, convolution_gradients, convolve_batch};
use crate::layer::{Fuse, Layer, Pass, Stream, Training};
use crate::memory::{flat, flat_mut};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::{Seq, Shape};
use crate::simd::Simd;
use nalgebra::{SMatrix, SVector};
use nn_shape::Window;

#[cfg(test)]
mod tests;

/// A convolution that makes `MULTIPLIER` features of each of `IN`, `OUT` in all, with windows of `KERNEL` steps. `BIAS` is `OUT`, or 0 for a
/// layer without bias.
///
/// The memory of `kernel` is `[KERNEL, IN, MULTIPLIER]`, as in Keras. The features made of one are neighbours. `STRIDE`, `DILATION` and
/// `PADDING` are those of [`Conv1d`](super::Conv1d); a causal one of stride 1 works on streams.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct DepthwiseConv1d<
    T: Scalar,
    const KERNEL: usize,
    const IN: usize,
    const MULTIPLIER: usize,
    const OUT: usize,
    const BIAS: usize = OUT,
    const STRIDE: usize = 1,
    const DILATION: usize = 1,
    const PADDING: usize = 0,
> {
    /// Weights: of each tap, column `i` holds those of input feature `i`.
    #[parameter(kernel)]
    pub kernel: [SMatrix<T, MULTIPLIER, IN>; KERNEL],
    /// Added to the outputs.
    #[parameter(bias)]
    pub bias: SVector<T, BIAS>,
}

impl<
    T: Scalar,
    const KERNEL: usize,
    const IN: usize,
    const MULTIPLIER: usize,
    const OUT: usize,
    const BIAS: usize,
    const STRIDE: usize,
    const DILATION: usize,
    const PADDING: usize,
> DepthwiseConv1d<T, KERNEL, IN, MULTIPLIER, OUT, BIAS, STRIDE, DILATION, PADDING>
{
    /// The sizes of the convolution: a group for each feature.
    #[inline(always)]
    const fn convolution<I: Shape, O: Shape>(options: &Conv1dOptions) -> Convolution {
        options.convolution(PADDING, Window { size: KERNEL, stride: STRIDE, dilation: DILATION }, 1, I::DIMS, O::DIMS)
    }
}

impl<
    T: Scalar,
    const TIME: usize,
    const OUTPUTS: usize,
    const KERNEL: usize,
    const IN: usize,
    const MULTIPLIER: usize,
    const OUT: usize,
    const BIAS: usize,
    const STRIDE: usize,
    const DILATION: usize,
    const PADDING: usize,
> Layer<T, Seq<TIME, IN>, Seq<OUTPUTS, OUT>> for DepthwiseConv1d<T, KERNEL, IN, MULTIPLIER, OUT, BIAS, STRIDE, DILATION, PADDING>
{
    type Options = Conv1dOptions;
    type Scratch<const B: usize> = ();
    type State = Conv1dState<T, KERNEL, DILATION, IN>;
    /// The weights turned around.
    type Cache<const B: usize> = [SMatrix<T, MULTIPLIER, IN>; KERNEL];

    const MACS: u64 = (Seq::<OUTPUTS, OUT>::DIMS.elements() as u64).saturating_mul(KERNEL as u64);

    fn initialize(&mut self, options: &Conv1dOptions, random: &mut dyn Source) {
        options.init.fill(flat_mut::<T, _>(&mut self.kernel), Fans::convolution(KERNEL, IN, MULTIPLIER), random);
        options.bias_init.fill(self.bias.as_mut_slice(), Fans::matrix(1, BIAS), random);
    }

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(
        &self,
        simd: S,
        options: &Conv1dOptions,
        x: &SMatrix<T, IN, TIME>,
        y: &mut SMatrix<T, OUT, OUTPUTS>,
        scratch: &mut (),
    ) {
        Fuse::<T, Seq<TIME, IN>, Seq<OUTPUTS, OUT>>::forward_fused::<S, B>(self, simd, options, Activation::Linear, x, y, scratch);
    }

    fn forward_batch<const B: usize>(
        &self,
        options: &Conv1dOptions,
        x: &[SMatrix<T, IN, TIME>],
        y: &mut [SMatrix<T, OUT, OUTPUTS>],
        scratch: &mut (),
        executor: &dyn Executor,
    ) {
        let linear = Activation::Linear;
        Fuse::<T, Seq<TIME, IN>, Seq<OUTPUTS, OUT>>::forward_batch_fused::<B>(self, options, linear, x, y, scratch, executor);
    }

    fn backward<const B: usize>(
        &self,
        options: &Conv1dOptions,
        pass: Pass<'_, T, Seq<TIME, IN>, Seq<OUTPUTS, OUT>>,
        turned: &mut Self::Cache<B>,
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let convolution = Self::convolution::<Seq<TIME, IN>, Seq<OUTPUTS, OUT>>(options);
        let (weights, bias) = (flat_mut(&mut gradient.kernel), gradient.bias.as_mut_slice());
        let (x, dy, dx) = (flat::<T, _>(pass.x), flat(pass.dy), pass.dx.map(|dx| flat_mut(dx)));
        convolution_gradients(training.executor, &convolution, x, flat(&self.kernel), dy, [weights, bias], flat_mut(turned), dx);
    }
}

impl<
    T: Scalar,
    const TIME: usize,
    const OUTPUTS: usize,
    const KERNEL: usize,
    const IN: usize,
    const MULTIPLIER: usize,
    const OUT: usize,
    const BIAS: usize,
    const STRIDE: usize,
    const DILATION: usize,
    const PADDING: usize,
> Fuse<T, Seq<TIME, IN>, Seq<OUTPUTS, OUT>> for DepthwiseConv1d<T, KERNEL, IN, MULTIPLIER, OUT, BIAS, STRIDE, DILATION, PADDING>
{
    #[inline(always)]
    fn forward_fused<S: Simd, const B: usize>(
        &self,
        _: S,
        options: &Conv1dOptions,
        activation: Activation,
        x: &SMatrix<T, IN, TIME>,
        y: &mut SMatrix<T, OUT, OUTPUTS>,
        _: &mut (),
    ) {
        let convolution = Self::convolution::<Seq<TIME, IN>, Seq<OUTPUTS, OUT>>(options);
        T::convolve(&convolution, x.as_slice(), flat(&self.kernel), self.bias.as_slice(), y.as_mut_slice(), activation);
    }

    fn forward_batch_fused<const B: usize>(
        &self,
        options: &Conv1dOptions,
        activation: Activation,
        x: &[SMatrix<T, IN, TIME>],
        y: &mut [SMatrix<T, OUT, OUTPUTS>],
        _: &mut (),
        executor: &dyn Executor,
    ) {
        let convolution = Self::convolution::<Seq<TIME, IN>, Seq<OUTPUTS, OUT>>(options);
        convolve_batch(executor, &convolution, flat(x), flat(&self.kernel), self.bias.as_slice(), flat_mut(y), activation);
    }
}

// A stride of 1 and causal padding, in numbers: they stand in messages of the compiler.
impl<
    T: Scalar,
    const TIME: usize,
    const KERNEL: usize,
    const IN: usize,
    const MULTIPLIER: usize,
    const OUT: usize,
    const BIAS: usize,
    const DILATION: usize,
> Stream<T, Seq<TIME, IN>, Seq<TIME, OUT>> for DepthwiseConv1d<T, KERNEL, IN, MULTIPLIER, OUT, BIAS, 1, DILATION, 2>
{
    #[inline(always)]
    fn advance<S: Simd>(
        &self,
        _: S,
        _: &Conv1dOptions,
        x: &SVector<T, IN>,
        y: &mut SVector<T, OUT>,
        state: &mut Conv1dState<T, KERNEL, DILATION, IN>,
        _: &mut (),
    ) {
        let (window, one) = (state.push(x), one_step(KERNEL, IN, OUT, IN));
        T::convolve(&one, window, flat(&self.kernel), self.bias.as_slice(), y.as_mut_slice(), Activation::Linear);
    }
}
