//! The gated recurrent unit (Cho et al. 2014).

use super::recurrent::{
    self, Cell, GateBias, GateKernel, Io, Outputs, Slopes, activate, cut, cut_mut, flush, flush_all, load, load_gates, recurrent_layer,
};
use crate::activation::Activation;
use crate::executor::Executor;
use crate::initializer::{Fans, Initializer};
use crate::kernels::multiply_groups;
use crate::layer::{Layer, Pass, Stream, Training};
use crate::math::{sigmoid, tanh};
use crate::memory::{flat, flat_mut};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::{Flat, Seq, Shapes, Tokens, Whole};
use crate::simd::{Simd, Vector};
use nalgebra::SVector;

mod slopes;
#[cfg(test)]
mod tests;

/// A layer of `UNITS` gated units over `IN` features: `h = s(z) h + (1 - s(z)) g(n)`, where the gates `z`, `r` and `n` stand in Keras's
/// order (PyTorch's is `r`, `z`, `n`).
///
/// `z` and `r` are each `x kernel + h recurrent_kernel` and their biases. For `n` the reset gate comes in after the recurrent product,
/// `x kernel + b + s(r) (h recurrent_kernel + b')`, as in Keras and PyTorch; or before it, `x kernel + b + (s(r) h) recurrent_kernel`, as
/// in the paper, which takes the product twice. `BIAS` is `UNITS`, or 0 for a layer without biases; `BIASES` is 2, with one for the
/// recurrent product, or 1 if the reset gate comes in before; if `BACKWARDS` is 1 the last step comes first.
///
/// Its output is `[UNITS]`, of the last step, or `[time, UNITS]`; if `STATE` is 1 the state after the last step, `[UNITS]`.
/// Besides the sequence it may read the ids of its steps, of which those of id 0 are left out (the state stays, the output is that of the
/// step before, or zero if there is none), and a state to start from. In a stream each step gives out what would be the output if it were
/// the last.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct Gru<
    T: Scalar,
    const IN: usize,
    const UNITS: usize,
    const BIAS: usize = UNITS,
    const BIASES: usize = 2,
    const BACKWARDS: usize = 0,
    const STATE: usize = 0,
> {
    /// Weights of the inputs, `[IN, 3 * UNITS]`.
    #[parameter(kernel)]
    pub kernel: GateKernel<T, UNITS, 3, IN>,
    /// Weights of the state, `[UNITS, 3 * UNITS]`.
    #[parameter(recurrent)]
    pub recurrent_kernel: GateKernel<T, UNITS, 3, UNITS>,
    /// Added to the products: `[2, 3 * UNITS]`, that of the inputs first, or `[3 * UNITS]`.
    #[parameter(bias)]
    pub bias: GateBias<T, BIAS, 3, BIASES>,
}

/// Options of [`Gru`].
#[derive(Clone, Copy, Debug)]
pub struct GruOptions {
    /// `g`. Default: [`Activation::Tanh`].
    pub activation: Activation,
    /// `s`. Default: [`Activation::Sigmoid`].
    pub recurrent_activation: Activation,
    /// How the kernel starts. Default: [`Initializer::GlorotUniform`].
    pub init: Initializer,
    /// How the recurrent kernel starts. Default: [`Initializer::Orthogonal`] of gain 1.
    pub recurrent_init: Initializer,
    /// How the biases start. Default: [`Initializer::Zeros`].
    pub bias_init: Initializer,
    /// The share of the state that is dropped in training, the same at every step. Default: 0.
    pub recurrent_dropout: f64,
    /// Gradients do not go back over steps that are a multiple of this. Default: 0, over all steps.
    pub truncate: usize,
    /// Whether the output of a step that is left out is zero, where each step is given out. Default: no, it is that of the step before.
    pub zero_output_for_mask: bool,
}

impl GruOptions {
    /// Keras's defaults.
    pub const DEFAULT: Self = Self {
        activation: Activation::Tanh,
        recurrent_activation: Activation::Sigmoid,
        init: Initializer::GlorotUniform,
        recurrent_init: Initializer::Orthogonal(1.0),
        bias_init: Initializer::Zeros,
        recurrent_dropout: 0.0,
        truncate: 0,
        zero_output_for_mask: false,
    };

    /// Whether the activations are those that are computed in registers.
    #[inline(always)]
    fn usual(&self) -> bool {
        self.activation == Activation::Tanh && self.recurrent_activation == Activation::Sigmoid
    }
}

/// The places of the gates.
const UPDATE: usize = 0;
const RESET: usize = 1;
const NEW: usize = 2;

impl<T: Scalar, const IN: usize, const UNITS: usize, const BIAS: usize, const BIASES: usize, const BACKWARDS: usize, const STATE: usize>
    Gru<T, IN, UNITS, BIAS, BIASES, BACKWARDS, STATE>
{
    /// Whether the reset gate comes in after the recurrent product.
    const AFTER: bool = BIASES > 1;

    fn start(&mut self, options: &GruOptions, random: &mut dyn Source) {
        options.init.fill(self.kernel.as_mut_slice(), Fans::matrix(IN, 3 * UNITS), random);
        options.recurrent_init.fill(self.recurrent_kernel.as_mut_slice(), Fans::matrix(UNITS, 3 * UNITS), random);
        options.bias_init.fill(self.bias.as_mut_slice(), Fans::matrix(BIASES, 3 * BIAS), random);
    }
}

impl<T: Scalar, const IN: usize, const UNITS: usize, const BIAS: usize, const BIASES: usize, const BACKWARDS: usize, const STATE: usize>
    Cell<T> for Gru<T, IN, UNITS, BIAS, BIASES, BACKWARDS, STATE>
{
    type Options = GruOptions;
    type Units = SVector<T, UNITS>;
    type Gates = [SVector<T, UNITS>; 3];
    type Carry = [T; 0];
    /// The recurrent product of the new value; or what the second product was taken of.
    type Aux = SVector<T, UNITS>;
    type Extra = [SVector<T, UNITS>; 3];
    const IN: usize = IN;
    const UNITS: usize = UNITS;
    const COLUMNS: usize = 3 * UNITS;
    const SEPARATE: bool = true;

    #[inline(always)]
    fn kernel(&self) -> &[T] {
        self.kernel.as_slice()
    }
    #[inline(always)]
    fn recurrent_kernel(&self) -> &[T] {
        self.recurrent_kernel.as_slice()
    }
    #[inline(always)]
    fn biases(&self) -> [&[T]; 2] {
        let all = self.bias.as_slice();
        [cut(all, 0, 3 * BIAS), cut(all, 3 * BIAS, 3 * BIAS)]
    }
    fn tensors(&mut self) -> [&mut [T]; 4] {
        let (bias, recurrent_bias) = self.bias.as_mut_slice().split_at_mut(3 * BIAS);
        [self.kernel.as_mut_slice(), self.recurrent_kernel.as_mut_slice(), bias, recurrent_bias]
    }
    fn recurrent_dropout(options: &GruOptions) -> f64 {
        options.recurrent_dropout
    }
    fn truncate(options: &GruOptions) -> usize {
        options.truncate
    }
    #[inline(always)]
    fn zero_output_for_mask(options: &GruOptions) -> bool {
        options.zero_output_for_mask
    }
    #[inline(always)]
    fn twice() -> bool {
        !Self::AFTER
    }
    #[inline(always)]
    fn inputs<S: Simd>(&self, simd: S, x: &[T], z: &mut [T]) {
        multiply_groups::<S, T, IN, UNITS, 3>(simd, x, self.kernel.as_slice(), self.biases()[0], z);
    }
    #[inline(always)]
    fn recur<S: Simd>(&self, simd: S, h: &[T], bias: &[T], z: &mut [T]) {
        multiply_groups::<S, T, UNITS, UNITS, 3>(simd, h, self.recurrent_kernel.as_slice(), bias, z);
    }

    #[inline(always)]
    fn before<S: Simd>(simd: S, options: &GruOptions, x: &mut [T], z: &[T], h: &[T], from: &mut [T]) {
        add_gates(simd, UNITS, x, z);
        recurrent::put(cut(x, RESET * UNITS, UNITS), from);
        activate(simd, options.recurrent_activation, UNITS, from);
        for (from, h) in from.iter_mut().zip(h) {
            *from *= *h;
        }
    }

    #[inline(always)]
    fn values<S: Simd, const KEEP: bool>(simd: S, options: &GruOptions, x: &mut [T], z: &mut [T], aux: &mut [T], h: &mut [T], _: &mut [T]) {
        if Self::AFTER && KEEP {
            recurrent::put(cut(z, NEW * UNITS, UNITS), aux);
        }
        if options.usual() {
            let (lanes, one) = (T::Vector::<S>::LANES, T::Vector::<S>::splat(simd, T::ONE));
            for (at, h) in (0..UNITS).step_by(lanes).zip(h.chunks_mut(lanes)) {
                let len = h.len();
                let [mut update, mut reset, new] = load_gates::<S, T, 3>(simd, x, UNITS, at, len);
                let product = load::<S, T>(simd, z, NEW * UNITS + at, len);
                let new = if Self::AFTER {
                    update = update + load::<S, T>(simd, z, UPDATE * UNITS + at, len);
                    reset = reset + load::<S, T>(simd, z, RESET * UNITS + at, len);
                    sigmoid(simd, reset).mul_add(product, new)
                } else {
                    new + product
                };
                let (share, value) = (sigmoid(simd, update), tanh(simd, new));
                let old = T::Vector::<S>::load(simd, h);
                flush::<S, T>(simd, share.mul_add(old, (one - share) * value)).store(h);
                if KEEP {
                    update.store(cut_mut(x, UPDATE * UNITS + at, len));
                    reset.store(cut_mut(x, RESET * UNITS + at, len));
                    if !Self::AFTER {
                        new.store(cut_mut(x, NEW * UNITS + at, len));
                    }
                }
            }
            return;
        }
        if Self::AFTER {
            add_gates(simd, UNITS, x, z);
        }
        unusual_values(simd, UNITS, options, [Self::AFTER, KEEP], x, z, h);
    }

    #[inline(always)]
    fn slopes<S: Simd>(simd: S, options: &GruOptions, step: Slopes<'_, T>) {
        if options.usual() && Self::AFTER {
            slopes::usual(simd, UNITS, step);
        } else {
            slopes::any(simd, UNITS, options, Self::AFTER, step);
        }
    }

    #[inline(always)]
    fn slopes_before<S: Simd>(simd: S, options: &GruOptions, step: Slopes<'_, T>) {
        slopes::before(simd, UNITS, options, step);
    }

    fn second_gradient(z: &[T], extra: &mut [T]) {
        for (extra, z) in extra.chunks_mut(3 * UNITS).zip(z.chunks(3 * UNITS)) {
            extra[..NEW * UNITS].fill(T::ZERO);
            extra[NEW * UNITS..].copy_from_slice(&z[NEW * UNITS..]);
        }
    }
}

/// The next state with other activations than tanh and sigmoid. The first two gates of `x` are the sums of both products.
#[inline(never)]
fn unusual_values<S: Simd, T: Scalar>(
    simd: S,
    units: usize,
    options: &GruOptions,
    [after, keep]: [bool; 2],
    x: &mut [T],
    z: &mut [T],
    h: &mut [T],
) {
    let (gates, product) = z.split_at_mut_checked(2 * units).unwrap_or_default();
    recurrent::put(cut(x, 0, 2 * units), gates);
    activate(simd, options.recurrent_activation, units, gates);
    for ((product, new), reset) in product.iter_mut().zip(cut_mut(x, NEW * units, units)).zip(cut(gates, RESET * units, units)) {
        *product = *new + if after { *reset * *product } else { *product };
        if keep && !after {
            *new = *product;
        }
    }
    activate(simd, options.activation, units, product);
    for ((h, value), share) in h.iter_mut().zip(&*product).zip(&*gates) {
        *h = *share * *h + (T::ONE - *share) * *value;
    }
    flush_all(simd, h);
}

/// `x += z`, of the first two gates.
#[inline(always)]
fn add_gates<S: Simd, T: Scalar>(simd: S, units: usize, x: &mut [T], z: &[T]) {
    let lanes = T::Vector::<S>::LANES;
    for (x, z) in cut_mut(x, 0, 2 * units).chunks_mut(lanes).zip(cut(z, 0, 2 * units).chunks(lanes)) {
        (T::Vector::<S>::load(simd, x) + T::Vector::<S>::load(simd, z)).store(x);
    }
}

recurrent_layer!(
    GruOptions,
    [const IN: usize, const UNITS: usize, const BIAS: usize, const BIASES: usize],
    Gru<T, IN, UNITS, BIAS, BIASES, BACKWARDS, STATE>,
    Gru<T, IN, UNITS, BIAS, BIASES, 0, 0>,
    1,
    Flat<UNITS>
);
