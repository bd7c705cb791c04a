//! A convolution of each channel on its own, then one over the channels.

use super::conv2d::{Conv2d, Conv2dOptions};
use super::depthwise_conv2d::DepthwiseConv2d;
use crate::activation::Activation;
use crate::executor::Executor;
use crate::layer::{Fuse, Layer, Pass, Training};
use crate::memory::Zeroable;
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::Image;
use crate::simd::Simd;
use nalgebra::SMatrix;
use nn_shape::Padding;

#[cfg(test)]
mod tests;

/// A convolution that makes `MULTIPLIER` channels of each of `IN`, `MID` in all, with windows `KH` high and `KW` wide, and one of `OUT` filters
/// of 1 x 1 over them. `BIAS` is `OUT`, or 0 for a layer without bias; only the second part has one.
///
/// The memory of the kernels is `[KH, KW, IN, MULTIPLIER]` and `[1, 1, MID, OUT]`, as in Keras.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct SeparableConv2d<
    T: Scalar,
    const KH: usize,
    const KW: usize,
    const IN: usize,
    const MULTIPLIER: usize,
    const MID: usize,
    const OUT: usize,
    const BIAS: usize = OUT,
> {
    /// On each channel.
    pub depthwise: DepthwiseConv2d<T, KH, KW, IN, MULTIPLIER, MID, 0>,
    /// Over the channels.
    pub pointwise: Conv2d<T, 1, 1, MID, OUT, BIAS>,
}

/// What a training step keeps: the image between both parts, its gradient, and their own.
pub struct SeparableConv2dCache<
    T: Scalar,
    const OH: usize,
    const OW: usize,
    const KH: usize,
    const KW: usize,
    const IN: usize,
    const MULTIPLIER: usize,
    const MID: usize,
    const OUT: usize,
    const B: usize,
> {
    middle: [[SMatrix<T, MID, OW>; OH]; B],
    gradient: [[SMatrix<T, MID, OW>; OH]; B],
    depthwise: [[SMatrix<T, MULTIPLIER, IN>; KW]; KH],
    pointwise: [[SMatrix<T, OUT, MID>; 1]; 1],
}

// SAFETY: arrays of matrices of scalars.
unsafe impl<
    T: Scalar,
    const OH: usize,
    const OW: usize,
    const KH: usize,
    const KW: usize,
    const IN: usize,
    const MULTIPLIER: usize,
    const MID: usize,
    const OUT: usize,
    const B: usize,
> Zeroable for SeparableConv2dCache<T, OH, OW, KH, KW, IN, MULTIPLIER, MID, OUT, B>
{
}

/// Those of the second part.
const fn pointwise(options: &Conv2dOptions) -> Conv2dOptions {
    Conv2dOptions { stride: [1, 1], padding: Padding::Valid, dilation: [1, 1], ..*options }
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
    const MID: usize,
    const OUT: usize,
    const BIAS: usize,
> Layer<T, Image<H, W, IN>, Image<OH, OW, OUT>> for SeparableConv2d<T, KH, KW, IN, MULTIPLIER, MID, OUT, BIAS>
{
    type Options = Conv2dOptions;
    /// The image between both parts.
    type Scratch<const B: usize> = [[SMatrix<T, MID, OW>; OH]; B];
    type State = ();
    type Cache<const B: usize> = SeparableConv2dCache<T, OH, OW, KH, KW, IN, MULTIPLIER, MID, OUT, B>;

    const MACS: u64 = <DepthwiseConv2d<T, KH, KW, IN, MULTIPLIER, MID, 0> as Layer<T, Image<H, W, IN>, Image<OH, OW, MID>>>::MACS
        .saturating_add(<Conv2d<T, 1, 1, MID, OUT, BIAS> as Layer<T, Image<OH, OW, MID>, Image<OH, OW, OUT>>>::MACS);

    fn initialize(&mut self, options: &Conv2dOptions, random: &mut dyn Source) {
        Layer::<T, Image<H, W, IN>, Image<OH, OW, MID>>::initialize(&mut self.depthwise, options, random);
        Layer::<T, Image<OH, OW, MID>, Image<OH, OW, OUT>>::initialize(&mut self.pointwise, options, random);
    }

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(
        &self,
        simd: S,
        options: &Conv2dOptions,
        x: &[SMatrix<T, IN, W>; H],
        y: &mut [SMatrix<T, OUT, OW>; OH],
        middle: &mut Self::Scratch<B>,
    ) {
        Fuse::<T, Image<H, W, IN>, Image<OH, OW, OUT>>::forward_fused::<S, B>(self, simd, options, Activation::Linear, x, y, middle);
    }

    fn forward_batch<const B: usize>(
        &self,
        options: &Conv2dOptions,
        x: &[[SMatrix<T, IN, W>; H]],
        y: &mut [[SMatrix<T, OUT, OW>; OH]],
        middle: &mut Self::Scratch<B>,
        executor: &dyn Executor,
    ) {
        let linear = Activation::Linear;
        Fuse::<T, Image<H, W, IN>, Image<OH, OW, OUT>>::forward_batch_fused::<B>(self, options, linear, x, y, middle, executor);
    }

    fn forward_train<const B: usize>(
        &self,
        options: &Conv2dOptions,
        x: &[[SMatrix<T, IN, W>; H]],
        y: &mut [[SMatrix<T, OUT, OW>; OH]],
        cache: &mut Self::Cache<B>,
        scratch: &mut Self::Scratch<B>,
        training: &Training<'_>,
    ) {
        let linear = Activation::Linear;
        Fuse::<T, Image<H, W, IN>, Image<OH, OW, OUT>>::forward_train_fused::<B>(self, options, linear, x, y, cache, scratch, training);
    }

    fn backward<const B: usize>(
        &self,
        options: &Conv2dOptions,
        pass: Pass<'_, T, Image<H, W, IN>, Image<OH, OW, OUT>>,
        cache: &mut Self::Cache<B>,
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let Pass { x, y, dy, dx } = pass;
        let SeparableConv2dCache { middle, gradient: d_middle, depthwise, pointwise: turned } = cache;
        let (middle, d_middle) = (&middle[..x.len()], &mut d_middle[..x.len()]);
        let second = Pass::<T, Image<OH, OW, MID>, Image<OH, OW, OUT>> { x: middle, y, dy, dx: Some(&mut *d_middle) };
        self.pointwise.backward::<B>(&pointwise(options), second, turned, &mut gradient.pointwise, training);
        let first = Pass::<T, Image<H, W, IN>, Image<OH, OW, MID>> { x, y: middle, dy: d_middle, dx };
        self.depthwise.backward::<B>(options, first, depthwise, &mut gradient.depthwise, training);
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
    const MID: usize,
    const OUT: usize,
    const BIAS: usize,
> Fuse<T, Image<H, W, IN>, Image<OH, OW, OUT>> for SeparableConv2d<T, KH, KW, IN, MULTIPLIER, MID, OUT, BIAS>
{
    #[inline(always)]
    fn forward_fused<S: Simd, const B: usize>(
        &self,
        simd: S,
        options: &Conv2dOptions,
        activation: Activation,
        x: &[SMatrix<T, IN, W>; H],
        y: &mut [SMatrix<T, OUT, OW>; OH],
        middle: &mut Self::Scratch<B>,
    ) {
        let Some(middle) = middle.first_mut() else { return };
        Layer::<T, Image<H, W, IN>, Image<OH, OW, MID>>::forward::<S, B>(&self.depthwise, simd, options, x, middle, &mut ());
        let (part, options) = (&self.pointwise, &pointwise(options));
        Fuse::<T, Image<OH, OW, MID>, Image<OH, OW, OUT>>::forward_fused::<S, B>(part, simd, options, activation, middle, y, &mut ());
    }

    fn forward_batch_fused<const B: usize>(
        &self,
        options: &Conv2dOptions,
        activation: Activation,
        x: &[[SMatrix<T, IN, W>; H]],
        y: &mut [[SMatrix<T, OUT, OW>; OH]],
        middle: &mut Self::Scratch<B>,
        executor: &dyn Executor,
    ) {
        let middle = &mut middle[..x.len()];
        Layer::<T, Image<H, W, IN>, Image<OH, OW, MID>>::forward_batch::<B>(&self.depthwise, options, x, middle, &mut (), executor);
        let (part, options) = (&self.pointwise, &pointwise(options));
        Fuse::<T, Image<OH, OW, MID>, Image<OH, OW, OUT>>::forward_batch_fused::<B>(
            part,
            options,
            activation,
            middle,
            y,
            &mut (),
            executor,
        );
    }

    fn forward_train_fused<const B: usize>(
        &self,
        options: &Conv2dOptions,
        activation: Activation,
        x: &[[SMatrix<T, IN, W>; H]],
        y: &mut [[SMatrix<T, OUT, OW>; OH]],
        cache: &mut Self::Cache<B>,
        _: &mut Self::Scratch<B>,
        training: &Training<'_>,
    ) {
        let (middle, executor) = (&mut cache.middle, training.executor);
        Fuse::<T, Image<H, W, IN>, Image<OH, OW, OUT>>::forward_batch_fused::<B>(self, options, activation, x, y, middle, executor);
    }
}
