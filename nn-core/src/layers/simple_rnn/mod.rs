//! `h = f(x kernel + h recurrent_kernel + bias)` (Elman 1990).

use super::recurrent::{self, Cell, Io, Outputs, Slopes, flush, flush_all, recurrent_layer};
use crate::activation::Activation;
use crate::executor::Executor;
use crate::initializer::{Fans, Initializer};
use crate::kernels::multiply_groups;
use crate::layer::{Layer, Pass, Stream, Training};
use crate::math::tanh;
use crate::memory::{flat, flat_mut};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::{Flat, Seq, Shapes, Tokens, Whole};
use crate::simd::{Simd, Vector};
use nalgebra::{SMatrix, SVector};

#[cfg(test)]
mod tests;

/// A recurrent layer from `IN` features to `UNITS`; `BIAS` is `UNITS`, or 0 for a layer without bias; if `BACKWARDS` is 1 the last step
/// comes first.
///
/// Its output is `[UNITS]`, of the last step, or `[time, UNITS]`; if `STATE` is 1 the state after the last step, `[UNITS]`.
/// Besides the sequence it may read the ids of its steps, of which those of id 0 are left out (the state stays, the output is that of the
/// step before, or zero if there is none), and a state to start from. In a stream each step gives out what would be the output if it were
/// the last.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct SimpleRnn<
    T: Scalar,
    const IN: usize,
    const UNITS: usize,
    const BIAS: usize = UNITS,
    const BACKWARDS: usize = 0,
    const STATE: usize = 0,
> {
    /// Weights of the inputs: column `i` holds those of input `i`.
    #[parameter(kernel)]
    pub kernel: SMatrix<T, UNITS, IN>,
    /// Weights of the state: column `i` holds those of unit `i`.
    #[parameter(recurrent)]
    pub recurrent_kernel: SMatrix<T, UNITS, UNITS>,
    /// Added to the sum of both.
    #[parameter(bias)]
    pub bias: SVector<T, BIAS>,
}

/// Options of [`SimpleRnn`].
#[derive(Clone, Copy, Debug)]
pub struct SimpleRnnOptions {
    /// `f`. Default: [`Activation::Tanh`].
    pub activation: Activation,
    /// How the kernel starts. Default: [`Initializer::GlorotUniform`].
    pub init: Initializer,
    /// How the recurrent kernel starts. Default: [`Initializer::Orthogonal`] of gain 1.
    pub recurrent_init: Initializer,
    /// How the bias starts. Default: [`Initializer::Zeros`].
    pub bias_init: Initializer,
    /// The share of the state that is dropped in training before it is multiplied, the same at every step. Default: 0.
    pub recurrent_dropout: f64,
    /// Gradients do not go back over steps that are a multiple of this. Default: 0, over all steps.
    pub truncate: usize,
    /// Whether the output of a step that is left out is zero, where each step is given out. Default: no, it is that of the step before.
    pub zero_output_for_mask: bool,
}

impl SimpleRnnOptions {
    /// Keras's defaults.
    pub const DEFAULT: Self = Self {
        activation: Activation::Tanh,
        init: Initializer::GlorotUniform,
        recurrent_init: Initializer::Orthogonal(1.0),
        bias_init: Initializer::Zeros,
        recurrent_dropout: 0.0,
        truncate: 0,
        zero_output_for_mask: false,
    };
}

impl<T: Scalar, const IN: usize, const UNITS: usize, const BIAS: usize, const BACKWARDS: usize, const STATE: usize>
    SimpleRnn<T, IN, UNITS, BIAS, BACKWARDS, STATE>
{
    fn start(&mut self, options: &SimpleRnnOptions, random: &mut dyn Source) {
        options.init.fill(self.kernel.as_mut_slice(), Fans::matrix(IN, UNITS), random);
        options.recurrent_init.fill(self.recurrent_kernel.as_mut_slice(), Fans::matrix(UNITS, UNITS), random);
        options.bias_init.fill(self.bias.as_mut_slice(), Fans::matrix(1, BIAS), random);
    }
}

impl<T: Scalar, const IN: usize, const UNITS: usize, const BIAS: usize, const BACKWARDS: usize, const STATE: usize> Cell<T>
    for SimpleRnn<T, IN, UNITS, BIAS, BACKWARDS, STATE>
{
    type Options = SimpleRnnOptions;
    type Units = SVector<T, UNITS>;
    type Gates = SVector<T, UNITS>;
    type Carry = [T; 0];
    type Aux = [T; 0];
    type Extra = [T; 0];
    const IN: usize = IN;
    const UNITS: usize = UNITS;
    const COLUMNS: usize = UNITS;
    const SEPARATE: bool = false;

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
        [self.bias.as_slice(), &[]]
    }
    fn tensors(&mut self) -> [&mut [T]; 4] {
        [self.kernel.as_mut_slice(), self.recurrent_kernel.as_mut_slice(), self.bias.as_mut_slice(), &mut []]
    }
    fn recurrent_dropout(options: &SimpleRnnOptions) -> f64 {
        options.recurrent_dropout
    }
    fn truncate(options: &SimpleRnnOptions) -> usize {
        options.truncate
    }
    #[inline(always)]
    fn zero_output_for_mask(options: &SimpleRnnOptions) -> bool {
        options.zero_output_for_mask
    }
    #[inline(always)]
    fn inputs<S: Simd>(&self, simd: S, x: &[T], z: &mut [T]) {
        multiply_groups::<S, T, IN, UNITS, 1>(simd, x, self.kernel.as_slice(), self.bias.as_slice(), z);
    }
    #[inline(always)]
    fn recur<S: Simd>(&self, simd: S, h: &[T], bias: &[T], z: &mut [T]) {
        multiply_groups::<S, T, UNITS, UNITS, 1>(simd, h, self.recurrent_kernel.as_slice(), bias, z);
    }

    #[inline(always)]
    fn values<S: Simd, const KEEP: bool>(
        simd: S,
        options: &SimpleRnnOptions,
        x: &mut [T],
        z: &mut [T],
        _: &mut [T],
        h: &mut [T],
        _: &mut [T],
    ) {
        if options.activation == Activation::Tanh {
            let lanes = T::Vector::<S>::LANES;
            for ((h, z), x) in h.chunks_mut(lanes).zip(z.chunks(lanes)).zip(x.chunks_mut(lanes)) {
                let y = tanh(simd, T::Vector::<S>::load(simd, z));
                if KEEP {
                    y.store(x);
                }
                flush::<S, T>(simd, y).store(h);
            }
        } else {
            recurrent::activate(simd, options.activation, UNITS, z);
            if KEEP && !options.activation.needs_input() {
                x.copy_from_slice(z);
            }
            recurrent::put(z, h);
            flush_all(simd, h);
        }
    }

    #[inline(always)]
    fn slopes<S: Simd>(simd: S, options: &SimpleRnnOptions, step: Slopes<'_, T>) {
        // Kept was what is behind the activation, unless its derivative needs what is before it.
        let Slopes { z, dh, dr, work, .. } = step;
        if options.activation == Activation::Tanh {
            let (lanes, one) = (T::Vector::<S>::LANES, T::Vector::<S>::splat(simd, T::ONE));
            for ((dr, dh), z) in dr.chunks_mut(lanes).zip(dh.chunks(lanes)).zip(z.chunks(lanes)) {
                let y = T::Vector::<S>::load(simd, z);
                (T::Vector::<S>::load(simd, dh) * ((one - y) * (one + y))).store(dr);
            }
        } else if options.activation.needs_input() {
            work.copy_from_slice(z);
            recurrent::activate(simd, options.activation, UNITS, work);
            options.activation.backward(UNITS, z, work, dh, dr);
        } else {
            options.activation.backward(UNITS, z, z, dh, dr);
        }
    }
}

recurrent_layer!(
    SimpleRnnOptions,
    [const IN: usize, const UNITS: usize, const BIAS: usize],
    SimpleRnn<T, IN, UNITS, BIAS, BACKWARDS, STATE>,
    SimpleRnn<T, IN, UNITS, BIAS, 0, 0>,
    1,
    Flat<UNITS>
);
