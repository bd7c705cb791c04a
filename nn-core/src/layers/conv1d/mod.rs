//! A convolution over time.

mod stream;
#[cfg(test)]
mod tests;

pub use stream::Conv1dState;
pub(super) use stream::one_step;

use super::conv2d::axis;
use crate::activation::Activation;
use crate::executor::Executor;
use crate::initializer::{Fans, Initializer};
use crate::kernels::{Axis, Convolution, convolution_gradients, convolve_batch, over};
use crate::layer::{Fuse, Layer, Pass, Training};
use crate::memory::{flat, flat_mut};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::{Dims, Seq, Shape};
use crate::simd::Simd;
use nalgebra::{SMatrix, SVector};
use nn_shape::{Padding, Window};

/// The [`PADDING`](Conv1d) of a convolution that stays inside.
const VALID: usize = 0;
/// Of one with as many outputs as inputs.
const SAME: usize = 1;
/// Of one that sees no later input.
const CAUSAL: usize = 2;

/// A convolution of `OUT` filters, each `KERNEL` steps long over `IN` features: all of the input's, or those of one group. `BIAS` is `OUT`,
/// or 0 for a layer without bias.
///
/// The memory of `kernel` is `[KERNEL, IN, OUT]`, as in Keras; the filters of a group are neighbours. How many groups there are follows
/// from the features of the input. `STRIDE` is how far the window moves from one output to the next, `DILATION` the distance of its taps,
/// `PADDING` is 0 for [`Padding::Valid`], 1 for [`Padding::Same`], 2 for [`Padding::Causal`] and 3 for the [`Conv1dOptions::padding`]
/// in sizes. A causal one of stride 1 works on streams.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct Conv1d<
    T: Scalar,
    const KERNEL: usize,
    const IN: usize,
    const OUT: usize,
    const BIAS: usize = OUT,
    const STRIDE: usize = 1,
    const DILATION: usize = 1,
    const PADDING: usize = 0,
> {
    /// Weights: of each tap, column `i` holds those of input feature `i`.
    #[parameter(kernel)]
    pub kernel: [SMatrix<T, OUT, IN>; KERNEL],
    /// Added to the outputs.
    #[parameter(bias)]
    pub bias: SVector<T, BIAS>,
}

/// Options of [`Conv1d`].
#[derive(Clone, Copy, Debug)]
pub struct Conv1dOptions {
    /// What is added before and after, if the type of the layer says that it is [`Padding::Explicit`]. Default: nothing.
    pub padding: Padding,
    /// How the kernel starts. Default: [`Initializer::GlorotUniform`].
    pub init: Initializer,
    /// How the bias starts. Default: [`Initializer::Zeros`].
    pub bias_init: Initializer,
}

impl Conv1dOptions {
    /// Keras's defaults.
    pub const DEFAULT: Self = Self { padding: Padding::Valid, init: Initializer::GlorotUniform, bias_init: Initializer::Zeros };

    /// The sizes of a convolution from `from` to `to`, whose filters see so many features. `padding` is that of the layer's type.
    #[inline(always)]
    pub(super) const fn convolution(&self, padding: usize, window: Window, seen: usize, from: Dims, to: Dims) -> Convolution {
        let streamed = padding == CAUSAL && window.stride == 1;
        let padding = match padding {
            VALID => Padding::Valid,
            SAME => Padding::Same,
            CAUSAL => Padding::Causal,
            _ => self.padding,
        };
        let Window { size, stride, dilation } = window;
        Convolution {
            rows: Axis::forward(1, 1, 1, 1, 1, 0),
            columns: axis(size, stride, dilation, padding, false, from.dim(0), to.dim(0)),
            inputs: from.last(),
            outputs: to.last(),
            groups: over(from.last(), seen),
            streamed,
        }
    }
}

impl<
    T: Scalar,
    const KERNEL: usize,
    const IN: usize,
    const OUT: usize,
    const BIAS: usize,
    const STRIDE: usize,
    const DILATION: usize,
    const PADDING: usize,
> Conv1d<T, KERNEL, IN, OUT, BIAS, STRIDE, DILATION, PADDING>
{
    /// The sizes of the convolution.
    #[inline(always)]
    const fn convolution<I: Shape, O: Shape>(options: &Conv1dOptions) -> Convolution {
        options.convolution(PADDING, Window { size: KERNEL, stride: STRIDE, dilation: DILATION }, IN, I::DIMS, O::DIMS)
    }
}

impl<
    T: Scalar,
    const TIME: usize,
    const F: usize,
    const OUTPUTS: usize,
    const KERNEL: usize,
    const IN: usize,
    const OUT: usize,
    const BIAS: usize,
    const STRIDE: usize,
    const DILATION: usize,
    const PADDING: usize,
> Layer<T, Seq<TIME, F>, Seq<OUTPUTS, OUT>> for Conv1d<T, KERNEL, IN, OUT, BIAS, STRIDE, DILATION, PADDING>
{
    type Options = Conv1dOptions;
    type Scratch<const B: usize> = ();
    type State = Conv1dState<T, KERNEL, DILATION, F>;
    /// The weights turned around.
    type Cache<const B: usize> = [SMatrix<T, OUT, IN>; KERNEL];

    const MACS: u64 = (Seq::<OUTPUTS, OUT>::DIMS.elements() as u64).saturating_mul((KERNEL * IN) as u64);

    fn initialize(&mut self, options: &Conv1dOptions, random: &mut dyn Source) {
        options.init.fill(flat_mut::<T, _>(&mut self.kernel), Fans::convolution(KERNEL, IN, OUT), random);
        options.bias_init.fill(self.bias.as_mut_slice(), Fans::matrix(1, BIAS), random);
    }

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(
        &self,
        simd: S,
        options: &Conv1dOptions,
        x: &SMatrix<T, F, TIME>,
        y: &mut SMatrix<T, OUT, OUTPUTS>,
        scratch: &mut (),
    ) {
        Fuse::<T, Seq<TIME, F>, Seq<OUTPUTS, OUT>>::forward_fused::<S, B>(self, simd, options, Activation::Linear, x, y, scratch);
    }

    fn forward_batch<const B: usize>(
        &self,
        options: &Conv1dOptions,
        x: &[SMatrix<T, F, TIME>],
        y: &mut [SMatrix<T, OUT, OUTPUTS>],
        scratch: &mut (),
        executor: &dyn Executor,
    ) {
        Fuse::<T, Seq<TIME, F>, Seq<OUTPUTS, OUT>>::forward_batch_fused::<B>(self, options, Activation::Linear, x, y, scratch, executor);
    }

    fn backward<const B: usize>(
        &self,
        options: &Conv1dOptions,
        pass: Pass<'_, T, Seq<TIME, F>, Seq<OUTPUTS, OUT>>,
        turned: &mut Self::Cache<B>,
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let convolution = Self::convolution::<Seq<TIME, F>, Seq<OUTPUTS, OUT>>(options);
        let (weights, bias) = (flat_mut(&mut gradient.kernel), gradient.bias.as_mut_slice());
        let (x, dy, dx) = (flat::<T, _>(pass.x), flat(pass.dy), pass.dx.map(|dx| flat_mut(dx)));
        convolution_gradients(training.executor, &convolution, x, flat(&self.kernel), dy, [weights, bias], flat_mut(turned), dx);
    }
}

impl<
    T: Scalar,
    const TIME: usize,
    const F: usize,
    const OUTPUTS: usize,
    const KERNEL: usize,
    const IN: usize,
    const OUT: usize,
    const BIAS: usize,
    const STRIDE: usize,
    const DILATION: usize,
    const PADDING: usize,
> Fuse<T, Seq<TIME, F>, Seq<OUTPUTS, OUT>> for Conv1d<T, KERNEL, IN, OUT, BIAS, STRIDE, DILATION, PADDING>
{
    #[inline(always)]
    fn forward_fused<S: Simd, const B: usize>(
        &self,
        _: S,
        options: &Conv1dOptions,
        activation: Activation,
        x: &SMatrix<T, F, TIME>,
        y: &mut SMatrix<T, OUT, OUTPUTS>,
        _: &mut (),
    ) {
        let convolution = Self::convolution::<Seq<TIME, F>, Seq<OUTPUTS, OUT>>(options);
        T::convolve(&convolution, x.as_slice(), flat(&self.kernel), self.bias.as_slice(), y.as_mut_slice(), activation);
    }

    fn forward_batch_fused<const B: usize>(
        &self,
        options: &Conv1dOptions,
        activation: Activation,
        x: &[SMatrix<T, F, TIME>],
        y: &mut [SMatrix<T, OUT, OUTPUTS>],
        _: &mut (),
        executor: &dyn Executor,
    ) {
        let convolution = Self::convolution::<Seq<TIME, F>, Seq<OUTPUTS, OUT>>(options);
        convolve_batch(executor, &convolution, flat(x), flat(&self.kernel), self.bias.as_slice(), flat_mut(y), activation);
    }
}
