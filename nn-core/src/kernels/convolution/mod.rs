//! Convolutions over height and width, in place: no matrix of patches is made.
//!
//! The outputs of a sample are cut into rectangles whose windows see inputs through the same taps: the interior, and strips and
//! corners where some taps see padding. Within one there is nothing to decide: an output sums the products of its taps, and a tile
//! of several outputs by a few registers of channels reads the weights, which are packed, once and each input where it is. A tap that sees padding is
//! left out. Sums over the depth (taps times channels) are cut into [`Chunks`], as in a product.
//!
//! The gradient of the inputs is a convolution of the gradient of the outputs with the kernel [turned](turn) around, and so is a
//! transposed convolution; the gradient of the kernel has a kernel of its own.

mod axis;
mod gradient;
mod sum;

pub use axis::Axis;

use super::product::{Chunks, cut};
use crate::activation::Activation;
use crate::executor::{Executor, for_rows, for_rows_of};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, dispatch};

/// The sizes of a convolution from `[rows.inputs, columns.inputs, inputs]` to `[rows.outputs, columns.outputs, outputs]`. Its weights
/// are `[rows.taps, columns.taps, inputs / groups, outputs]`.
#[derive(Clone, Copy, Debug)]
pub struct Convolution {
    /// Height.
    pub rows: Axis,
    /// Width.
    pub columns: Axis,
    /// The channels of the input.
    pub inputs: usize,
    /// The channels of the output.
    pub outputs: usize,
    /// In how many groups the channels are divided.
    pub groups: usize,
    /// Whether a single output is also computed on its own, its chunks side by side; then they are those of a product of one row.
    pub streamed: bool,
}

/// A part of so many: all, if there are none.
#[inline(always)]
pub const fn over(all: usize, parts: usize) -> usize {
    match all.checked_div(parts) {
        Some(part) => part,
        None => all,
    }
}

impl Convolution {
    /// The same from gradients of outputs to gradients of inputs; its weights are [turned](turn).
    #[must_use]
    pub const fn reversed(self) -> Self {
        let Self { rows, columns, inputs, outputs, groups, .. } = self;
        Self { rows: rows.reversed(), columns: columns.reversed(), inputs: outputs, outputs: inputs, groups, streamed: false }
    }

    /// The channels that an output sees.
    #[inline(always)]
    const fn seen(&self) -> usize {
        over(self.inputs, self.groups)
    }

    /// The outputs of a group.
    #[inline(always)]
    const fn group(&self) -> usize {
        over(self.outputs, self.groups)
    }

    /// Whether each output channel sees one input channel, that of its own number.
    #[inline(always)]
    const fn is_lanewise(&self) -> bool {
        self.groups > 1 && self.groups == self.inputs && self.groups == self.outputs
    }

    /// How many products an output sums.
    #[inline(always)]
    const fn depth(&self) -> usize {
        self.rows.taps * self.columns.taps * self.seen()
    }

    #[inline(always)]
    const fn chunks(&self) -> Chunks {
        Chunks::of(self.depth(), if self.streamed { self.outputs } else { usize::MAX })
    }

    /// The elements of an input.
    const fn input_len(&self) -> usize {
        self.rows.inputs * self.columns.inputs * self.inputs
    }

    /// The elements of an output.
    const fn output_len(&self) -> usize {
        self.rows.outputs * self.columns.outputs * self.outputs
    }
}

/// The convolutions of samples, on one thread. Implemented for both scalars without generics, so that they are compiled here, once, and not
/// in every crate that declares a network.
pub trait Convolutions: Sized {
    /// The samples `y` of the samples `x`: the convolution, a bias (or none, if it is empty), an activation.
    fn convolve(convolution: &Convolution, x: &[Self], w: &[Self], bias: &[Self], y: &mut [Self], activation: Activation);
    /// Adds the gradient of the kernel, for its rows from `first` on (a row belongs to one tap and one input channel), and that of the
    /// bias, unless it is empty.
    fn add_convolution_gradient(convolution: &Convolution, x: &[Self], dy: &[Self], first: usize, gradient: &mut [Self], bias: &mut [Self]);
}

/// Some samples.
struct Forward<'a, T>(&'a Convolution, &'a [T], &'a [T], &'a [T], &'a mut [T], Activation);

impl<T: Scalar> Kernel for Forward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self(convolution, x, w, bias, y, activation) = self;
        let (from, to) = (convolution.input_len().max(1), convolution.output_len().max(1));
        for (x, y) in x.chunks_exact(from).zip(y.chunks_exact_mut(to)) {
            sum::convolve(simd, convolution, x, w, bias, y, activation);
        }
    }
}

/// Some rows of the gradient of a kernel, and that of a bias.
struct Gradient<'a, T>(&'a Convolution, &'a [T], &'a [T], usize, &'a mut [T], &'a mut [T]);

impl<T: Scalar> Kernel for Gradient<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self(convolution, x, dy, first, gradient, bias) = self;
        let (from, to) = (convolution.input_len().max(1), convolution.output_len().max(1));
        for (x, dy) in x.chunks_exact(from).zip(dy.chunks_exact(to)) {
            gradient::add(simd, convolution, x, dy, first, gradient, bias);
        }
    }
}

macro_rules! convolutions {
    ($($t:ident)*) => {$(
        impl Convolutions for $t {
            #[inline(never)]
            fn convolve(convolution: &Convolution, x: &[$t], w: &[$t], bias: &[$t], y: &mut [$t], activation: Activation) {
                dispatch(Forward(convolution, x, w, bias, y, activation));
            }
            #[inline(never)]
            fn add_convolution_gradient(
                convolution: &Convolution,
                x: &[$t],
                dy: &[$t],
                first: usize,
                gradient: &mut [$t],
                bias: &mut [$t],
            ) {
                dispatch(Gradient(convolution, x, dy, first, gradient, bias));
            }
        }
    )*};
}
convolutions!(f32 f64);

/// [`Convolutions::convolve`] on all threads.
pub fn convolve_batch<T: Scalar>(
    executor: &dyn Executor,
    convolution: &Convolution,
    x: &[T],
    w: &[T],
    bias: &[T],
    y: &mut [T],
    activation: Activation,
) {
    let (from, to) = (convolution.input_len(), convolution.output_len());
    for_rows(executor, y, to, 1, &|first, y| {
        let samples = y.len() / to.max(1);
        T::convolve(convolution, &x[first * from..][..samples * from], w, bias, y, activation);
    });
}

/// `gradient +=` the gradient of the kernel, and `bias +=` that of the bias unless it is empty, on all threads. Each element sums samples and
/// outputs in an order that depends on the sizes alone.
pub fn add_kernel_gradient<T: Scalar>(
    executor: &dyn Executor,
    convolution: &Convolution,
    x: &[T],
    dy: &[T],
    gradient: &mut [T],
    bias: &mut [T],
) {
    // The bias is for one of the threads: the gradients that it sums are in its cache.
    for_rows_of(executor, [gradient, bias], [convolution.outputs, 0], gradient::GRAIN, &|first, [rows, bias]| {
        T::add_convolution_gradient(convolution, x, dy, first, rows, bias);
    });
}

/// All gradients of a convolution, on all threads: those of weights and bias are added, that of the inputs, if anybody asks for it, is
/// written. `turned` is memory for as many weights.
#[allow(clippy::too_many_arguments, reason = "the operands of three products")]
pub fn convolution_gradients<T: Scalar>(
    executor: &dyn Executor,
    convolution: &Convolution,
    x: &[T],
    w: &[T],
    dy: &[T],
    [weights, bias]: [&mut [T]; 2],
    turned: &mut [T],
    dx: Option<&mut [T]>,
) {
    add_kernel_gradient(executor, convolution, x, dy, weights, bias);
    if let Some(dx) = dx {
        turn(executor, convolution, w, turned);
        convolve_batch(executor, &convolution.reversed(), dy, turned, &[], dx, Activation::Linear);
    }
}

/// Turns the weights of a convolution around, for its [reverse](Convolution::reversed): the taps in reverse, inputs and outputs (of each
/// group) exchanged.
pub fn turn<T: Scalar>(executor: &dyn Executor, convolution: &Convolution, w: &[T], turned: &mut [T]) {
    let (seen, group) = (convolution.seen().max(1), convolution.group().max(1));
    let (outputs, inputs) = (convolution.outputs.max(1), convolution.inputs.max(1));
    let taps = convolution.rows.taps * convolution.columns.taps;
    // Of one tap: `[seen, outputs]` becomes `[group, inputs]`.
    for_rows(executor, turned, inputs, 16, &|first, rows| {
        for (i, row) in rows.chunks_exact_mut(inputs).enumerate() {
            let (tap, output) = ((first + i) / group, (first + i) % group);
            let w = cut(w, taps.saturating_sub(1 + tap) * seen * outputs, seen * outputs);
            for (number, row) in row.chunks_exact_mut(seen).enumerate() {
                let column = w.get(number * group + output..).unwrap_or_default();
                for (to, from) in row.iter_mut().zip(column.iter().step_by(outputs)) {
                    *to = *from;
                }
            }
        }
    });
}

#[cfg(test)]
mod tests;
