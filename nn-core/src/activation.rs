//! Activation functions: values and derivatives, over slices.

mod pointwise;
mod rows;
#[cfg(test)]
mod tests;

pub(crate) use pointwise::sigmoid;
pub(crate) use rows::{log_sum_exp, softmax_row};

use crate::scalar::Scalar;

/// An activation function. Formulas and default arguments are those of Keras 3.
///
/// NaN goes in and comes out; saturating functions keep their range; none overflows before its true value does.
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

impl Activation {
    /// `y = f(x)`. Softmax and LogSoftmax take each `row` consecutive elements (the last axis) together.
    ///
    /// The slices are of one length; what one has more than the other is left alone.
    #[inline(always)]
    pub fn forward<T: Scalar>(self, row: usize, x: &[T], y: &mut [T]) {
        // The cheap ones are compiled into the caller; for the others a call costs nothing, and a copy of each in every layer that
        // has an activation would cost most of the compile time.
        match self {
            Self::Relu => pointwise::relu(pointwise::Write { x, y }),
            Self::LeakyRelu(slope) => pointwise::leaky_relu(slope, pointwise::Write { x, y }),
            _ => self.forward_outlined(row, x, y),
        }
    }

    /// `y = f(y)`.
    #[inline(always)]
    pub fn in_place<T: Scalar>(self, row: usize, y: &mut [T]) {
        match self {
            Self::Linear => {}
            Self::Relu => pointwise::relu(pointwise::InPlace { y }),
            Self::LeakyRelu(slope) => pointwise::leaky_relu(slope, pointwise::InPlace { y }),
            _ => self.in_place_outlined(row, y),
        }
    }

    #[inline(never)]
    fn forward_outlined<T: Scalar>(self, row: usize, x: &[T], y: &mut [T]) {
        if self.is_elementwise() {
            return pointwise::values(self, pointwise::Write { x, y });
        }
        let len = x.len().min(y.len());
        y[..len].copy_from_slice(&x[..len]);
        self.in_place_outlined(row, y);
    }

    #[inline(never)]
    fn in_place_outlined<T: Scalar>(self, row: usize, y: &mut [T]) {
        match self {
            Self::Softmax => rows::softmax(row, y),
            Self::LogSoftmax => rows::log_softmax(row, y),
            _ => pointwise::values(self, pointwise::InPlace { y }),
        }
    }

    /// `dx = f'(x) dy`, given the inputs and the outputs `y = f(x)` of a forward pass. Overwrites `dx`.
    ///
    /// `x` is not looked at unless [`needs_input`](Self::needs_input): any slice of the same length will do, for example `y`.
    #[inline(never)]
    pub fn backward<T: Scalar>(self, row: usize, x: &[T], y: &[T], dy: &[T], dx: &mut [T]) {
        if self.is_elementwise() {
            return pointwise::slopes(self, pointwise::SlopesInto { x, y, dy, dx });
        }
        let len = dy.len().min(dx.len());
        dx[..len].copy_from_slice(&dy[..len]);
        self.backward_in_place(row, x, y, dx);
    }

    /// The same in place: on entry `dy` is the gradient with respect to `y`, on return with respect to `x`.
    #[inline(never)]
    pub fn backward_in_place<T: Scalar>(self, row: usize, x: &[T], y: &[T], dy: &mut [T]) {
        match self {
            Self::Linear => {}
            Self::Softmax => rows::softmax_slopes(row, y, dy),
            Self::LogSoftmax => rows::log_softmax_slopes(row, y, dy),
            _ => pointwise::slopes(self, pointwise::SlopesInPlace { x, y, dy }),
        }
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

    /// Calls `visit(index, f(x)[index])` for each element in order, without memory for the outputs; the same bits as `forward`.
    #[inline]
    pub(crate) fn stream<T: Scalar>(self, row: usize, x: &[T], mut visit: impl FnMut(usize, T)) {
        match self {
            // The common case has a loop of its own; the others share one copy of this code, whoever calls.
            Self::Linear => x.iter().enumerate().for_each(|(index, &x)| visit(index, x)),
            _ => self.stream_any(row, x, &mut visit),
        }
    }

    #[inline(never)]
    fn stream_any<T: Scalar>(self, row: usize, x: &[T], visit: &mut dyn FnMut(usize, T)) {
        match self {
            Self::Softmax => rows::stream_softmax(row, x, visit),
            Self::LogSoftmax => rows::stream_log_softmax(row, x, visit),
            _ => pointwise::values(self, pointwise::Stream { x, visit }),
        }
    }

    /// Backward in one buffer: on entry `y = f(x)`, on return the gradient with respect to `x`, where `dy(index, y)` is the
    /// gradient with respect to one output. `dy` may be called more than once for an element.
    #[inline]
    pub(crate) fn chain<T: Scalar>(self, row: usize, x: &[T], y: &mut [T], dy: impl Fn(usize, T) -> T) {
        match self {
            Self::Linear => y.iter_mut().enumerate().for_each(|(index, y)| *y = dy(index, *y)),
            _ => self.chain_any(row, x, y, &dy),
        }
    }

    #[inline(never)]
    fn chain_any<T: Scalar>(self, row: usize, x: &[T], y: &mut [T], dy: &dyn Fn(usize, T) -> T) {
        match self {
            Self::Softmax => rows::chain_softmax(row, y, dy),
            Self::LogSoftmax => rows::chain_log_softmax(row, y, dy),
            _ => pointwise::slopes(self, pointwise::Chain { x, y, dy }),
        }
    }
}
