//! A transposed convolution over height and width.

use super::conv2d::Conv2dOptions;
use crate::activation::Activation;
use crate::executor::{Executor, Serial};
use crate::initializer::Fans;
use crate::kernels::{Axis, Convolution, add_bias_gradient, add_kernel_gradient, convolve_batch, turn};
use crate::layer::{Fuse, Layer, Pass, Training};
use crate::memory::{flat, flat_mut};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::{Dims, Image, Shape};
use crate::simd::Simd;
use nalgebra::{SMatrix, SVector};
use nn_shape::{Padding, Window};

#[cfg(test)]
mod tests;

/// A transposed convolution of `OUT` filters, each `KH` high and `KW` wide, over `IN` channels. `BIAS` is `OUT`, or 0 for a layer without
/// bias.
///
/// It does what the gradient of a [`Conv2d`](super::Conv2d) from its output to its input does. The memory of `kernel` is `[KH, KW, OUT, IN]`, as in
/// Keras: the kernel of that convolution. Before a prediction it is turned around.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct ConvTranspose2d<T: Scalar, const KH: usize, const KW: usize, const IN: usize, const OUT: usize, const BIAS: usize = OUT> {
    /// Weights: of each tap, column `o` holds those of output channel `o`.
    #[parameter(kernel)]
    pub kernel: [[SMatrix<T, IN, OUT>; KW]; KH],
    /// Added to the outputs.
    #[parameter(bias)]
    pub bias: SVector<T, BIAS>,
}

/// The convolution of which a layer from `from` to `to` is the way back: from its output to its input.
#[inline(always)]
pub(super) fn there(options: &Conv2dOptions, from: Dims, to: Dims, taps: [usize; 2]) -> Convolution {
    let axis = |i: usize| {
        let (stride, dilation) = (options.stride[i], options.dilation[i]);
        let before = match options.padding {
            Padding::Same => Window { size: taps[i], stride, dilation }.reach().saturating_sub(stride) / 2,
            Padding::Explicit(sides) => sides[2 * i],
            _ => 0,
        };
        Axis::forward(to.dim(i), from.dim(i), taps[i], stride, dilation, before)
    };
    Convolution { rows: axis(0), columns: axis(1), inputs: to.last(), outputs: from.last(), groups: 1, streamed: false }
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
    const OUT: usize,
    const BIAS: usize,
> Layer<T, Image<H, W, IN>, Image<OH, OW, OUT>> for ConvTranspose2d<T, KH, KW, IN, OUT, BIAS>
{
    type Options = Conv2dOptions;
    /// The weights turned around.
    type Scratch<const B: usize> = [[SMatrix<T, IN, OUT>; KW]; KH];
    type State = ();
    type Cache<const B: usize> = ();

    const MACS: u64 = (Image::<H, W, IN>::DIMS.elements() as u64).saturating_mul((KH * KW * OUT) as u64);

    fn initialize(&mut self, options: &Conv2dOptions, random: &mut dyn Source) {
        options.init.fill(flat_mut::<T, _>(&mut self.kernel), Fans::convolution(KH * KW, OUT, IN), random);
        options.bias_init.fill(self.bias.as_mut_slice(), Fans::matrix(1, BIAS), random);
    }

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(
        &self,
        simd: S,
        options: &Conv2dOptions,
        x: &[SMatrix<T, IN, W>; H],
        y: &mut [SMatrix<T, OUT, OW>; OH],
        turned: &mut [[SMatrix<T, IN, OUT>; KW]; KH],
    ) {
        Fuse::<T, Image<H, W, IN>, Image<OH, OW, OUT>>::forward_fused::<S, B>(self, simd, options, Activation::Linear, x, y, turned);
    }

    fn forward_batch<const B: usize>(
        &self,
        options: &Conv2dOptions,
        x: &[[SMatrix<T, IN, W>; H]],
        y: &mut [[SMatrix<T, OUT, OW>; OH]],
        turned: &mut [[SMatrix<T, IN, OUT>; KW]; KH],
        executor: &dyn Executor,
    ) {
        let linear = Activation::Linear;
        Fuse::<T, Image<H, W, IN>, Image<OH, OW, OUT>>::forward_batch_fused::<B>(self, options, linear, x, y, turned, executor);
    }

    fn backward<const B: usize>(
        &self,
        options: &Conv2dOptions,
        pass: Pass<'_, T, Image<H, W, IN>, Image<OH, OW, OUT>>,
        _: &mut (),
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let there = there(options, Image::<H, W, IN>::DIMS, Image::<OH, OW, OUT>::DIMS, [KH, KW]);
        let (x, dy) = (flat::<T, _>(pass.x), flat::<T, _>(pass.dy));
        // The bias belongs to the outputs, which are the inputs there.
        add_kernel_gradient(training.executor, &there, dy, x, flat_mut(&mut gradient.kernel), &mut []);
        add_bias_gradient(training.executor, dy, gradient.bias.as_mut_slice());
        if let Some(dx) = pass.dx {
            convolve_batch(training.executor, &there, dy, flat(&self.kernel), &[], flat_mut(dx), Activation::Linear);
        }
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
    const OUT: usize,
    const BIAS: usize,
> Fuse<T, Image<H, W, IN>, Image<OH, OW, OUT>> for ConvTranspose2d<T, KH, KW, IN, OUT, BIAS>
{
    #[inline(always)]
    fn forward_fused<S: Simd, const B: usize>(
        &self,
        _: S,
        options: &Conv2dOptions,
        activation: Activation,
        x: &[SMatrix<T, IN, W>; H],
        y: &mut [SMatrix<T, OUT, OW>; OH],
        turned: &mut [[SMatrix<T, IN, OUT>; KW]; KH],
    ) {
        let there = there(options, Image::<H, W, IN>::DIMS, Image::<OH, OW, OUT>::DIMS, [KH, KW]);
        turn(&Serial, &there, flat::<T, _>(&self.kernel), flat_mut(turned));
        T::convolve(&there.reversed(), flat(x), flat(turned), self.bias.as_slice(), flat_mut(y), activation);
    }

    fn forward_batch_fused<const B: usize>(
        &self,
        options: &Conv2dOptions,
        activation: Activation,
        x: &[[SMatrix<T, IN, W>; H]],
        y: &mut [[SMatrix<T, OUT, OW>; OH]],
        turned: &mut [[SMatrix<T, IN, OUT>; KW]; KH],
        executor: &dyn Executor,
    ) {
        let there = there(options, Image::<H, W, IN>::DIMS, Image::<OH, OW, OUT>::DIMS, [KH, KW]);
        turn(executor, &there, flat::<T, _>(&self.kernel), flat_mut(turned));
        convolve_batch(executor, &there.reversed(), flat(x), flat(turned), self.bias.as_slice(), flat_mut(y), activation);
    }
}
