//! A convolution over height and width.

use crate::activation::Activation;
use crate::executor::Executor;
use crate::initializer::{Fans, Initializer};
use crate::kernels::{Axis, Convolution, convolution_gradients, convolve_batch, over};
use crate::layer::{Fuse, Layer, Pass, Training};
use crate::memory::{flat, flat_mut};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::{Image, Shape};
use crate::simd::Simd;
use nalgebra::{SMatrix, SVector};
use nn_shape::{Padding, Window};

#[cfg(test)]
mod tests;

/// A convolution of `OUT` filters, each `KH` high and `KW` wide over `IN` channels: all of the input's, or those of one group. `BIAS` is
/// `OUT`, or 0 for a layer without bias.
///
/// The memory of `kernel` is `[KH, KW, IN, OUT]`, as in Keras; the filters of a group are neighbours. How many groups there are follows
/// from the channels of the input.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct Conv2d<T: Scalar, const KH: usize, const KW: usize, const IN: usize, const OUT: usize, const BIAS: usize = OUT> {
    /// Weights: of each tap, column `i` holds those of input channel `i`.
    #[parameter(kernel)]
    pub kernel: [[SMatrix<T, OUT, IN>; KW]; KH],
    /// Added to the outputs.
    #[parameter(bias)]
    pub bias: SVector<T, BIAS>,
}

/// Options of [`Conv2d`].
#[derive(Clone, Copy, Debug)]
pub struct Conv2dOptions {
    /// How far the window moves from one output to the next, down and to the right. Default: 1.
    pub stride: [usize; 2],
    /// What is added around the image. Default: [`Padding::Valid`].
    pub padding: Padding,
    /// The distance of the taps, vertical and horizontal. Default: 1.
    pub dilation: [usize; 2],
    /// How the kernel starts. Default: [`Initializer::GlorotUniform`].
    pub init: Initializer,
    /// How the bias starts. Default: [`Initializer::Zeros`].
    pub bias_init: Initializer,
}

impl Conv2dOptions {
    /// Keras's defaults.
    pub const DEFAULT: Self =
        Self { stride: [1, 1], padding: Padding::Valid, dilation: [1, 1], init: Initializer::GlorotUniform, bias_init: Initializer::Zeros };

    /// The sizes of a convolution with these options.
    #[inline(always)]
    pub(super) const fn convolution(&self, from: crate::Dims, to: crate::Dims, taps: [usize; 2], seen: usize) -> Convolution {
        let rows = axis(taps[0], self.stride[0], self.dilation[0], self.padding, false, from.dim(0), to.dim(0));
        let columns = axis(taps[1], self.stride[1], self.dilation[1], self.padding, true, from.dim(1), to.dim(1));
        let groups = over(from.last(), seen);
        Convolution { rows, columns, inputs: from.last(), outputs: to.last(), groups, streamed: false }
    }
}

/// One axis of a convolution.
#[inline(always)]
pub(super) const fn axis(
    taps: usize,
    stride: usize,
    dilation: usize,
    padding: Padding,
    second: bool,
    inputs: usize,
    outputs: usize,
) -> Axis {
    let (before, _) = Window { size: taps, stride, dilation }.added(padding, second, inputs);
    Axis::forward(inputs, outputs, taps, stride, dilation, before)
}

impl<
    T,
    const H: usize,
    const W: usize,
    const C: usize,
    const OH: usize,
    const OW: usize,
    const KH: usize,
    const KW: usize,
    const IN: usize,
    const OUT: usize,
    const BIAS: usize,
> Layer<T, Image<H, W, C>, Image<OH, OW, OUT>> for Conv2d<T, KH, KW, IN, OUT, BIAS>
where
    T: Scalar,
{
    type Options = Conv2dOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    /// The weights turned around.
    type Cache<const B: usize> = [[SMatrix<T, OUT, IN>; KW]; KH];

    const MACS: u64 = (Image::<OH, OW, OUT>::DIMS.elements() as u64).saturating_mul((KH * KW * IN) as u64);

    fn initialize(&mut self, options: &Conv2dOptions, random: &mut dyn Source) {
        options.init.fill(flat_mut::<T, _>(&mut self.kernel), Fans::convolution(KH * KW, IN, OUT), random);
        options.bias_init.fill(self.bias.as_mut_slice(), Fans::matrix(1, BIAS), random);
    }

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(
        &self,
        simd: S,
        options: &Conv2dOptions,
        x: &[SMatrix<T, C, W>; H],
        y: &mut [SMatrix<T, OUT, OW>; OH],
        scratch: &mut (),
    ) {
        Fuse::<T, Image<H, W, C>, Image<OH, OW, OUT>>::forward_fused::<S, B>(self, simd, options, Activation::Linear, x, y, scratch);
    }

    fn forward_batch<const B: usize>(
        &self,
        options: &Conv2dOptions,
        x: &[[SMatrix<T, C, W>; H]],
        y: &mut [[SMatrix<T, OUT, OW>; OH]],
        scratch: &mut (),
        executor: &dyn Executor,
    ) {
        Fuse::<T, Image<H, W, C>, Image<OH, OW, OUT>>::forward_batch_fused::<B>(self, options, Activation::Linear, x, y, scratch, executor);
    }

    fn backward<const B: usize>(
        &self,
        options: &Conv2dOptions,
        pass: Pass<'_, T, Image<H, W, C>, Image<OH, OW, OUT>>,
        turned: &mut Self::Cache<B>,
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let convolution = options.convolution(Image::<H, W, C>::DIMS, Image::<OH, OW, OUT>::DIMS, [KH, KW], IN);
        let (weights, bias) = (flat_mut(&mut gradient.kernel), gradient.bias.as_mut_slice());
        let (x, dy, dx) = (flat::<T, _>(pass.x), flat(pass.dy), pass.dx.map(|dx| flat_mut(dx)));
        convolution_gradients(training.executor, &convolution, x, flat(&self.kernel), dy, [weights, bias], flat_mut(turned), dx);
    }
}

impl<
    T,
    const H: usize,
    const W: usize,
    const C: usize,
    const OH: usize,
    const OW: usize,
    const KH: usize,
    const KW: usize,
    const IN: usize,
    const OUT: usize,
    const BIAS: usize,
> Fuse<T, Image<H, W, C>, Image<OH, OW, OUT>> for Conv2d<T, KH, KW, IN, OUT, BIAS>
where
    T: Scalar,
{
    #[inline(always)]
    fn forward_fused<S: Simd, const B: usize>(
        &self,
        _: S,
        options: &Conv2dOptions,
        activation: Activation,
        x: &[SMatrix<T, C, W>; H],
        y: &mut [SMatrix<T, OUT, OW>; OH],
        _: &mut (),
    ) {
        let convolution = options.convolution(Image::<H, W, C>::DIMS, Image::<OH, OW, OUT>::DIMS, [KH, KW], IN);
        T::convolve(&convolution, flat(x), flat(&self.kernel), self.bias.as_slice(), flat_mut(y), activation);
    }

    fn forward_batch_fused<const B: usize>(
        &self,
        options: &Conv2dOptions,
        activation: Activation,
        x: &[[SMatrix<T, C, W>; H]],
        y: &mut [[SMatrix<T, OUT, OW>; OH]],
        _: &mut (),
        executor: &dyn Executor,
    ) {
        let convolution = options.convolution(Image::<H, W, C>::DIMS, Image::<OH, OW, OUT>::DIMS, [KH, KW], IN);
        convolve_batch(executor, &convolution, flat(x), flat(&self.kernel), self.bias.as_slice(), flat_mut(y), activation);
    }
}
