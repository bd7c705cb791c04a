//! Activation functions: values and derivatives, over slices.
//!
//! An element comes out with the same bits wherever it stands in a slice, and on AVX2 and AVX-512.

mod pointwise;
mod rows;
#[cfg(test)]
mod tests;

pub(crate) use rows::{SumExp, log_sum_exp, probabilities, softmax_of_row, softmax_row};

use crate::executor::{Executor, for_rows};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, Vector, dispatch};

/// An activation function. Formulas and default arguments are those of Keras 3.
///
/// NaN goes in and comes out; saturating functions keep their range; none overflows before its true value does. An odd function
/// keeps the sign of a zero, and so do Relu and its kin, which pass on what is not on the other side of 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// `x`.
    Linear,
    /// `max(0, x)` (Nair and Hinton 2010). Derivative at 0: 0.
    Relu,
    /// `x` above zero, `slope * x` below (Maas, Hannun and Ng 2013). Keras's default slope is 0.3 for the layer and 0.2 for the function.
    LeakyRelu(f64),
    /// `x` above zero, `alpha * (e^x - 1)` below (Clevert, Unterthiner and Hochreiter 2015). Keras's default is 1.
    Elu(f64),
    /// `1.0507... * Elu(1.6732...)`, which keeps mean 0 and variance 1 (Klambauer, Unterthiner, Mayr and Hochreiter 2017).
    Selu,
    /// `max(0, x) + min(0, alpha * (e^(x / alpha) - 1))` (Barron 2017). Keras's default is 1; 0 stands for its limit, [`Relu`](Self::Relu).
    Celu(f64),
    /// `x * P(X <= x)` for a standard normal `X`: `x / 2 * (1 + erf(x / sqrt 2))` (Hendrycks and Gimpel 2016).
    Gelu,
    /// `x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))`, the approximation of the same paper.
    GeluTanh,
    /// `1 / (1 + e^-x)`.
    Sigmoid,
    /// `min(max(x + 3, 0), 6) / 6`: Keras 3's (Keras 2 had the slope 0.2).
    HardSigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// `ln(1 + e^x)` (Dugas, Bengio et al. 2001).
    Softplus,
    /// `x / (1 + |x|)` (Turian, Bergstra and Bengio 2009).
    Softsign,
    /// `x * Sigmoid(x)` (Elfwing, Uchibe and Doya 2017), also called swish.
    Silu,
    /// `x * HardSigmoid(x)` (Howard et al. 2019).
    HardSwish,
    /// `x * tanh(Softplus(x))` (Misra 2019).
    Mish,
    /// `e^x`, scaled so that each row sums to 1 (Bridle 1990).
    Softmax,
    /// The logarithm of [`Softmax`](Self::Softmax), computed as `x - max - ln(sum(e^(x - max)))`.
    LogSoftmax,
}

/// `(index, outputs, dy)`: writes the gradient with respect to some outputs, from an index on.
pub(crate) type OutputSlopes<'a, T> = dyn Fn(usize, &[T], &mut [T]) + 'a;

/// How many elements are computed at a time where there is no memory for all.
pub(crate) const BLOCK: usize = 64;
/// At least so many elements are worth a thread of their own.
const GRAIN: usize = 8192;

impl Activation {
    /// `y = f(x)`. Softmax and LogSoftmax take each `row` consecutive elements (the last axis) together.
    ///
    /// The slices are of one length; what one has more than the other is left alone.
    #[inline(always)]
    pub fn forward<S: Simd, T: Scalar>(self, simd: S, row: usize, x: &[T], y: &mut [T]) {
        match self {
            Self::Relu => {
                pointwise::map_into!(simd, x, y, |x| pointwise::relu(simd, x));
            }
            Self::LeakyRelu(slope) => {
                pointwise::map_into!(simd, x, y, |x| pointwise::leaky_relu(simd, slope, x));
            }
            _ => {
                let len = x.len().min(y.len());
                y[..len].copy_from_slice(&x[..len]);
                self.in_place(simd, row, &mut y[..len]);
            }
        }
    }

    /// `y = f(y)`, like [`forward`](Self::forward).
    #[inline(always)]
    pub fn in_place<S: Simd, T: Scalar>(self, simd: S, row: usize, y: &mut [T]) {
        // The cheap ones are compiled into the caller; for the others a call costs nothing, and a copy of each in every layer that
        // has an activation would cost most of the compile time.
        match self {
            Self::Linear => {}
            Self::Relu => pointwise::map!(simd, y, |x| pointwise::relu(simd, x)),
            Self::LeakyRelu(slope) => pointwise::map!(simd, y, |x| pointwise::leaky_relu(simd, slope, x)),
            Self::Softmax => simd.outline(Softmax { row, y }),
            Self::LogSoftmax => rows::log_softmax(row, y),
            _ => pointwise::with_function!(self, |f| simd.outline(pointwise::Values(f, y)), rows: {}),
        }
    }

    /// [`in_place`](Self::in_place) on the best instruction set of the machine: for whole batches.
    ///
    /// Inlined, so that of a constant only the one function is linked.
    #[inline]
    pub fn apply<T: Scalar>(self, row: usize, y: &mut [T]) {
        match self {
            Self::Softmax => dispatch(Softmax { row, y }),
            Self::LogSoftmax => rows::log_softmax(row, y),
            _ => pointwise::with_function!(self, |f| dispatch(pointwise::Values(f, y)), rows: {}),
        }
    }

    /// `dx = f'(x) dy`, given the inputs and the outputs `y = f(x)` of a forward pass. Overwrites `dx`.
    ///
    /// `x` is not looked at unless [`needs_input`](Self::needs_input): any slice of the same length will do, for example `y`.
    #[inline(never)]
    pub fn backward<T: Scalar>(self, row: usize, x: &[T], y: &[T], dy: &[T], dx: &mut [T]) {
        let len = dy.len().min(dx.len());
        dx[..len].copy_from_slice(&dy[..len]);
        self.backward_in_place(row, x, y, &mut dx[..len]);
    }

    /// The same in place: on entry `dy` is the gradient with respect to `y`, on return with respect to `x`.
    #[inline(never)]
    pub fn backward_in_place<T: Scalar>(self, row: usize, x: &[T], y: &[T], dy: &mut [T]) {
        match self {
            Self::Linear => {}
            Self::Softmax => rows::softmax_slopes(row, y, dy),
            Self::LogSoftmax => rows::log_softmax_slopes(row, y, dy),
            _ => pointwise::with_function!(self, |f| dispatch(pointwise::Slopes { f, x, y, dy }), rows: {}),
        }
    }

    /// [`backward`](Self::backward), on the executor's threads.
    pub fn backward_on<T: Scalar>(self, executor: &dyn Executor, row: usize, x: &[T], y: &[T], dy: &[T], dx: &mut [T]) {
        let row = row.max(1);
        // What is copied shall still be in the cache when it is multiplied.
        let block = (GRAIN / row).max(1) * row;
        for_rows(executor, dx, row, GRAIN.div_ceil(row), &|first, dx| {
            for (dx, at) in dx.chunks_mut(block).zip((first * row..).step_by(block)) {
                let part = at..at + dx.len();
                self.backward(row, &x[part.clone()], &y[part.clone()], &dy[part], dx);
            }
        });
    }

    /// [`backward_in_place`](Self::backward_in_place), on the executor's threads, where the input is not needed.
    pub fn backward_in_place_on<T: Scalar>(self, executor: &dyn Executor, row: usize, y: &[T], dy: &mut [T]) {
        let row = row.max(1);
        for_rows(executor, dy, row, GRAIN.div_ceil(row), &|first, dy| {
            let y = &y[first * row..][..dy.len()];
            self.backward_in_place(row, y, y, dy);
        });
    }

    /// Whether the derivative takes the input. Where it does not, it follows from the output alone, and a training step need
    /// not keep the input.
    #[must_use]
    pub const fn needs_input(self) -> bool {
        match self {
            // With a negative factor the output no longer tells the sides apart.
            Self::LeakyRelu(factor) | Self::Elu(factor) => factor < 0.0 || factor.is_nan(),
            Self::Gelu | Self::GeluTanh | Self::Silu | Self::HardSwish | Self::Mish => true,
            _ => false,
        }
    }

    /// Whether an output depends on one input only (all but Softmax and LogSoftmax).
    #[must_use]
    pub const fn is_elementwise(self) -> bool {
        !matches!(self, Self::Softmax | Self::LogSoftmax)
    }

    /// Its name in `network!`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Linear => "Linear",
            Self::Relu => "Relu",
            Self::LeakyRelu(_) => "LeakyRelu",
            Self::Elu(_) => "Elu",
            Self::Selu => "Selu",
            Self::Celu(_) => "Celu",
            Self::Gelu => "Gelu",
            Self::GeluTanh => "GeluTanh",
            Self::Sigmoid => "Sigmoid",
            Self::HardSigmoid => "HardSigmoid",
            Self::Tanh => "Tanh",
            Self::Softplus => "Softplus",
            Self::Softsign => "Softsign",
            Self::Silu => "Silu",
            Self::HardSwish => "HardSwish",
            Self::Mish => "Mish",
            Self::Softmax => "Softmax",
            Self::LogSoftmax => "LogSoftmax",
        }
    }

    /// Calls `visit(index, outputs)` with the outputs from an index on, block by block in order, without memory for all of them;
    /// the same bits as `forward`. A block has at most [`BLOCK`] elements; all but the last of a row have as many.
    pub(crate) fn stream<T: Scalar>(self, row: usize, x: &[T], visit: &mut dyn FnMut(usize, &[T])) {
        let row = if self.is_elementwise() { x.len() } else { row }.max(1);
        for (x, first) in x.chunks(row).zip((0..).step_by(row)) {
            let sums = if self.is_elementwise() { (T::ZERO, T::ZERO) } else { log_sum_exp(x) };
            for (x, first) in x.chunks(BLOCK).zip((first..).step_by(BLOCK)) {
                let mut block = [T::ZERO; BLOCK];
                let block = &mut block[..x.len()];
                block.copy_from_slice(x);
                match self {
                    Self::Softmax => rows::probabilities(block, sums),
                    Self::LogSoftmax => rows::log_probabilities(block, sums),
                    _ => self.apply(row, block),
                }
                visit(first, block);
            }
        }
    }

    /// Backward in one buffer: on entry `y = f(x)`, on return the gradient with respect to `x`. `slopes(index, outputs, dy)`
    /// writes the gradient with respect to the outputs from an index on; it may be called more than once for an element.
    pub(crate) fn chain<T: Scalar>(self, row: usize, x: &[T], y: &mut [T], slopes: &OutputSlopes<'_, T>) {
        if !self.is_elementwise() {
            return rows::chain(self, row, y, slopes);
        }
        for ((x, y), first) in x.chunks(BLOCK).zip(y.chunks_mut(BLOCK)).zip((0..).step_by(BLOCK)) {
            let mut dy = [T::ZERO; BLOCK];
            let dy = &mut dy[..y.len()];
            slopes(first, y, dy);
            self.backward_in_place(row, x, y, dy);
            y.copy_from_slice(dy);
        }
    }
}

struct Softmax<'a, T> {
    row: usize,
    y: &'a mut [T],
}

impl<T: Scalar> Kernel for Softmax<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        rows::softmax(simd, self.row, self.y);
    }
}
