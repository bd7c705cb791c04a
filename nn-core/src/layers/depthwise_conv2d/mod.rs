//! A convolution of each channel on its own.

use super::conv2d::Conv2dOptions;
use crate::activation::Activation;
use crate::executor::Executor;
use crate::initializer::Fans;
use crate::kernels::{Convolution, convolution_gradients, convolve_batch};
use crate::layer::{Fuse, Layer, Pass, Training};
use crate::memory::{flat, flat_mut};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::{Image, Shape};
use crate::simd::Simd;
use nalgebra::{SMatrix, SVector};

#[cfg(test)]
mod tests;

/// A convolution that makes `MULTIPLIER` channels of each of `IN`, `OUT` in all, with windows `KH` high and `KW` wide. `BIAS` is `OUT`, or 0
/// for a layer without bias.
///
/// The memory of `kernel` is `[KH, KW, IN, MULTIPLIER]`, as in Keras. The channels made of one are neighbours.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct DepthwiseConv2d<
    T: Scalar,
    const KH: usize,
    const KW: usize,
    const IN: usize,
    const MULTIPLIER: usize,
    const OUT: usize,
    const BIAS: usize = OUT,
> {
    /// Weights: of each tap, column `i` holds those of input channel `i`.
    #[parameter(kernel)]
    pub kernel: [[SMatrix<T, MULTIPLIER, IN>; KW]; KH],
    /// Added to the outputs.
    #[parameter(bias)]
    pub bias: SVector<T, BIAS>,
}

/// The sizes of the convolution: a group for each channel.
#[inline(always)]
const fn convolution<I: Shape, O: Shape>(options: &Conv2dOptions, taps: [usize; 2]) -> Convolution {
    options.convolution(I::DIMS, O::DIMS, taps, 1)
}

impl<
    T: Scalar,
    const H: usize,
    const W: usize,
    const OH: usize,
    const OW: usize,
    const KH: usize,
    const KW: usize,
    const IN: usize,
    const MULTIPLIER: usize,
    const OUT: usize,
    const BIAS: usize,
> Layer<T, Image<H, W, IN>, Image<OH, OW, OUT>> for DepthwiseConv2d<T, KH, KW, IN, MULTIPLIER, OUT, BIAS>
{
    type Options = Conv2dOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    /// The weights turned around.
    type Cache<const B: usize> = [[SMatrix<T, MULTIPLIER, IN>; KW]; KH];

    const MACS: u64 = (Image::<OH, OW, OUT>::DIMS.elements() as u64).saturating_mul((KH * KW) as u64);

    fn initialize(&mut self, options: &Conv2dOptions, random: &mut dyn Source) {
        options.init.fill(flat_mut::<T, _>(&mut self.kernel), Fans::convolution(KH * KW, IN, MULTIPLIER), random);
        options.bias_init.fill(self.bias.as_mut_slice(), Fans::matrix(1, BIAS), random);
    }

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(
        &self,
        simd: S,
        options: &Conv2dOptions,
        x: &[SMatrix<T, IN, W>; H],
        y: &mut [SMatrix<T, OUT, OW>; OH],
        scratch: &mut (),
    ) {
        Fuse::<T, Image<H, W, IN>, Image<OH, OW, OUT>>::forward_fused::<S, B>(self, simd, options, Activation::Linear, x, y, scratch);
    }

    fn forward_batch<const B: usize>(
        &self,
        options: &Conv2dOptions,
        x: &[[SMatrix<T, IN, W>; H]],
        y: &mut [[SMatrix<T, OUT, OW>; OH]],
        scratch: &mut (),
        executor: &dyn Executor,
    ) {
        let linear = Activation::Linear;
        Fuse::<T, Image<H, W, IN>, Image<OH, OW, OUT>>::forward_batch_fused::<B>(self, options, linear, x, y, scratch, executor);
    }

    fn backward<const B: usize>(
        &self,
        options: &Conv2dOptions,
        pass: Pass<'_, T, Image<H, W, IN>, Image<OH, OW, OUT>>,
        turned: &mut Self::Cache<B>,
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let convolution = convolution::<Image<H, W, IN>, Image<OH, OW, OUT>>(options, [KH, KW]);
        let (weights, bias) = (flat_mut(&mut gradient.kernel), gradient.bias.as_mut_slice());
        let (x, dy, dx) = (flat::<T, _>(pass.x), flat(pass.dy), pass.dx.map(|dx| flat_mut(dx)));
        convolution_gradients(training.executor, &convolution, x, flat(&self.kernel), dy, [weights, bias], flat_mut(turned), dx);
    }
}

impl<
    T: Scalar,
    const H: usize,
    const W: usize,
    const OH: usize,
    const OW: usize,
    const KH: usize,
    const KW: usize,
    const IN: usize,
    const MULTIPLIER: usize,
    const OUT: usize,
    const BIAS: usize,
> Fuse<T, Image<H, W, IN>, Image<OH, OW, OUT>> for DepthwiseConv2d<T, KH, KW, IN, MULTIPLIER, OUT, BIAS>
{
    #[inline(always)]
    fn forward_fused<S: Simd, const B: usize>(
        &self,
        _: S,
        options: &Conv2dOptions,
        activation: Activation,
        x: &[SMatrix<T, IN, W>; H],
        y: &mut [SMatrix<T, OUT, OW>; OH],
        _: &mut (),
    ) {
        let convolution = convolution::<Image<H, W, IN>, Image<OH, OW, OUT>>(options, [KH, KW]);
        T::convolve(&convolution, flat(x), flat(&self.kernel), self.bias.as_slice(), flat_mut(y), activation);
    }

    fn forward_batch_fused<const B: usize>(
        &self,
        options: &Conv2dOptions,
        activation: Activation,
        x: &[[SMatrix<T, IN, W>; H]],
        y: &mut [[SMatrix<T, OUT, OW>; OH]],
        _: &mut (),
        executor: &dyn Executor,
    ) {
        let convolution = convolution::<Image<H, W, IN>, Image<OH, OW, OUT>>(options, [KH, KW]);
        convolve_batch(executor, &convolution, flat(x), flat(&self.kernel), self.bias.as_slice(), flat_mut(y), activation);
    }
}
