//! A transposed convolution over time.

use super::conv_transpose2d::there;
use super::conv2d::Conv2dOptions;
use crate::activation::Activation;
use crate::executor::{Executor, Serial};
use crate::initializer::{Fans, Initializer};
use crate::kernels::{Convolution, add_bias_gradient, add_kernel_gradient, convolve_batch, turn};
use crate::layer::{Fuse, Layer, Pass, Training};
use crate::memory::{flat, flat_mut};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::{Dims, Seq, Shape};
use crate::simd::Simd;
use nalgebra::{SMatrix, SVector};
use nn_shape::Padding;

#[cfg(test)]
mod tests;

/// A transposed convolution of `OUT` filters, each `KERNEL` steps long, over `IN` features. `BIAS` is `OUT`, or 0 for a layer without bias.
///
/// It does what the gradient of a [`Conv1d`](super::Conv1d) from its output to its input does. The memory of `kernel` is `[KERNEL, OUT, IN]`, as in
/// Keras: the kernel of that convolution. Before a prediction it is turned around.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct ConvTranspose1d<T: Scalar, const KERNEL: usize, const IN: usize, const OUT: usize, const BIAS: usize = OUT> {
    /// Weights: of each tap, column `o` holds those of output feature `o`.
    #[parameter(kernel)]
    pub kernel: [SMatrix<T, IN, OUT>; KERNEL],
    /// Added to the outputs.
    #[parameter(bias)]
    pub bias: SVector<T, BIAS>,
}

/// Options of [`ConvTranspose1d`].
#[derive(Clone, Copy, Debug)]
pub struct ConvTranspose1dOptions {
    /// How far the window moves over the output from one input to the next. Default: 1.
    pub stride: usize,
    /// What is cut off the output. Default: nothing.
    pub padding: Padding,
    /// The distance of the taps. Default: 1.
    pub dilation: usize,
    /// How the kernel starts. Default: [`Initializer::GlorotUniform`].
    pub init: Initializer,
    /// How the bias starts. Default: [`Initializer::Zeros`].
    pub bias_init: Initializer,
}

impl ConvTranspose1dOptions {
    /// Keras's defaults.
    pub const DEFAULT: Self =
        Self { stride: 1, padding: Padding::Valid, dilation: 1, init: Initializer::GlorotUniform, bias_init: Initializer::Zeros };

    /// The convolution from `outputs` steps to `inputs` of which this is the way back: that of an image one step high.
    #[inline(always)]
    fn there(&self, inputs: [usize; 2], outputs: [usize; 2], taps: usize) -> Convolution {
        let padding = match self.padding {
            Padding::Explicit([before, after, ..]) => Padding::Explicit([0, 0, before, after]),
            padding => padding,
        };
        let options = Conv2dOptions { stride: [1, self.stride], padding, dilation: [1, self.dilation], ..Conv2dOptions::DEFAULT };
        let image = |[time, features]: [usize; 2]| Dims::image(1, time, features);
        there(&options, image(inputs), image(outputs), [1, taps])
    }
}

impl<T: Scalar, const TIME: usize, const OUTPUTS: usize, const KERNEL: usize, const IN: usize, const OUT: usize, const BIAS: usize>
    Layer<T, Seq<TIME, IN>, Seq<OUTPUTS, OUT>> for ConvTranspose1d<T, KERNEL, IN, OUT, BIAS>
{
    type Options = ConvTranspose1dOptions;
    /// The weights turned around.
    type Scratch<const B: usize> = [SMatrix<T, IN, OUT>; KERNEL];
    type State = ();
    type Cache<const B: usize> = ();

    const MACS: u64 = (Seq::<TIME, IN>::DIMS.elements() as u64).saturating_mul((KERNEL * OUT) as u64);

    fn initialize(&mut self, options: &ConvTranspose1dOptions, random: &mut dyn Source) {
        options.init.fill(flat_mut::<T, _>(&mut self.kernel), Fans::convolution(KERNEL, OUT, IN), random);
        options.bias_init.fill(self.bias.as_mut_slice(), Fans::matrix(1, BIAS), random);
    }

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(
        &self,
        simd: S,
        options: &ConvTranspose1dOptions,
        x: &SMatrix<T, IN, TIME>,
        y: &mut SMatrix<T, OUT, OUTPUTS>,
        turned: &mut [SMatrix<T, IN, OUT>; KERNEL],
    ) {
        Fuse::<T, Seq<TIME, IN>, Seq<OUTPUTS, OUT>>::forward_fused::<S, B>(self, simd, options, Activation::Linear, x, y, turned);
    }

    fn forward_batch<const B: usize>(
        &self,
        options: &ConvTranspose1dOptions,
        x: &[SMatrix<T, IN, TIME>],
        y: &mut [SMatrix<T, OUT, OUTPUTS>],
        turned: &mut [SMatrix<T, IN, OUT>; KERNEL],
        executor: &dyn Executor,
    ) {
        let linear = Activation::Linear;
        Fuse::<T, Seq<TIME, IN>, Seq<OUTPUTS, OUT>>::forward_batch_fused::<B>(self, options, linear, x, y, turned, executor);
    }

    fn backward<const B: usize>(
        &self,
        options: &ConvTranspose1dOptions,
        pass: Pass<'_, T, Seq<TIME, IN>, Seq<OUTPUTS, OUT>>,
        _: &mut (),
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let there = options.there([TIME, IN], [OUTPUTS, OUT], KERNEL);
        let (x, dy) = (flat::<T, _>(pass.x), flat::<T, _>(pass.dy));
        // The bias belongs to the outputs, which are the inputs there.
        add_kernel_gradient(training.executor, &there, dy, x, flat_mut(&mut gradient.kernel), &mut []);
        add_bias_gradient(training.executor, dy, gradient.bias.as_mut_slice());
        if let Some(dx) = pass.dx {
            convolve_batch(training.executor, &there, dy, flat(&self.kernel), &[], flat_mut(dx), Activation::Linear);
        }
    }
}

impl<T: Scalar, const TIME: usize, const OUTPUTS: usize, const KERNEL: usize, const IN: usize, const OUT: usize, const BIAS: usize>
    Fuse<T, Seq<TIME, IN>, Seq<OUTPUTS, OUT>> for ConvTranspose1d<T, KERNEL, IN, OUT, BIAS>
{
    #[inline(always)]
    fn forward_fused<S: Simd, const B: usize>(
        &self,
        _: S,
        options: &ConvTranspose1dOptions,
        activation: Activation,
        x: &SMatrix<T, IN, TIME>,
        y: &mut SMatrix<T, OUT, OUTPUTS>,
        turned: &mut [SMatrix<T, IN, OUT>; KERNEL],
    ) {
        let there = options.there([TIME, IN], [OUTPUTS, OUT], KERNEL);
        turn(&Serial, &there, flat::<T, _>(&self.kernel), flat_mut(turned));
        T::convolve(&there.reversed(), x.as_slice(), flat(turned), self.bias.as_slice(), y.as_mut_slice(), activation);
    }

    fn forward_batch_fused<const B: usize>(
        &self,
        options: &ConvTranspose1dOptions,
        activation: Activation,
        x: &[SMatrix<T, IN, TIME>],
        y: &mut [SMatrix<T, OUT, OUTPUTS>],
        turned: &mut [SMatrix<T, IN, OUT>; KERNEL],
        executor: &dyn Executor,
    ) {
        let there = options.there([TIME, IN], [OUTPUTS, OUT], KERNEL);
        turn(executor, &there, flat::<T, _>(&self.kernel), flat_mut(turned));
        convolve_batch(executor, &there.reversed(), flat(x), flat(turned), self.bias.as_slice(), flat_mut(y), activation);
    }
}
