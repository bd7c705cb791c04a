//! Long short-term memory (Hochreiter and Schmidhuber 1997; with a forget gate, Gers, Schmidhuber and Cummins 2000).

use super::recurrent::{self, Cell, GateBias, GateKernel, Io, Outputs, Slopes, cut_mut, flush, load, load_gates, recurrent_layer};
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

#[cfg(test)]
mod tests;
mod unusual;

/// A layer of `UNITS` memory cells over `IN` features: `c = s(f) c + s(i) g(c')`, `h = s(o) g(c)`, where `i`, `f`, `c'`, `o` are the
/// gates in Keras's and PyTorch's order, each `x kernel + h recurrent_kernel + bias`. `BIAS` is `UNITS`, or 0 for a layer without bias;
/// if `BACKWARDS` is 1 the last step comes first.
///
/// Its output is `[UNITS]`, of the last step, or `[time, UNITS]`; if `STATE` is 1 the state after the last step, `[2, UNITS]`, the state and then the carry.
/// Besides the sequence it may read the ids of its steps, of which those of id 0 are left out (the state stays, the output is that of the
/// step before, or zero if there is none), and a state to start from. In a stream each step gives out what would be the output if it were
/// the last.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct Lstm<
    T: Scalar,
    const IN: usize,
    const UNITS: usize,
    const BIAS: usize = UNITS,
    const BACKWARDS: usize = 0,
    const STATE: usize = 0,
> {
    /// Weights of the inputs, `[IN, 4 * UNITS]`.
    #[parameter(kernel)]
    pub kernel: GateKernel<T, UNITS, 4, IN>,
    /// Weights of the state, `[UNITS, 4 * UNITS]`.
    #[parameter(recurrent)]
    pub recurrent_kernel: GateKernel<T, UNITS, 4, UNITS>,
    /// Added to the gates, `[4 * UNITS]`.
    #[parameter(bias)]
    pub bias: GateBias<T, BIAS, 4, 1>,
}

/// Options of [`Lstm`].
#[derive(Clone, Copy, Debug)]
pub struct LstmOptions {
    /// `g`. Default: [`Activation::Tanh`].
    pub activation: Activation,
    /// `s`. Default: [`Activation::Sigmoid`].
    pub recurrent_activation: Activation,
    /// How the kernel starts. Default: [`Initializer::GlorotUniform`].
    pub init: Initializer,
    /// How the recurrent kernel starts. Default: [`Initializer::Orthogonal`] of gain 1.
    pub recurrent_init: Initializer,
    /// How the bias starts. Default: [`Initializer::Zeros`].
    pub bias_init: Initializer,
    /// Whether the bias of the forget gate starts at 1 (Jozefowicz, Zaremba and Sutskever 2015). Default: true.
    pub unit_forget_bias: bool,
    /// The share of the state that is dropped in training before it is multiplied, the same at every step. Default: 0.
    pub recurrent_dropout: f64,
    /// Gradients do not go back over steps that are a multiple of this. Default: 0, over all steps.
    pub truncate: usize,
    /// Whether the output of a step that is left out is zero, where each step is given out. Default: no, it is that of the step before.
    pub zero_output_for_mask: bool,
}

impl LstmOptions {
    /// Keras's defaults.
    pub const DEFAULT: Self = Self {
        activation: Activation::Tanh,
        recurrent_activation: Activation::Sigmoid,
        init: Initializer::GlorotUniform,
        recurrent_init: Initializer::Orthogonal(1.0),
        bias_init: Initializer::Zeros,
        unit_forget_bias: true,
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
const INPUT: usize = 0;
const FORGET: usize = 1;
const CELL: usize = 2;
const OUTPUT: usize = 3;

impl<T: Scalar, const IN: usize, const UNITS: usize, const BIAS: usize, const BACKWARDS: usize, const STATE: usize>
    Lstm<T, IN, UNITS, BIAS, BACKWARDS, STATE>
{
    fn start(&mut self, options: &LstmOptions, random: &mut dyn Source) {
        options.init.fill(self.kernel.as_mut_slice(), Fans::matrix(IN, 4 * UNITS), random);
        options.recurrent_init.fill(self.recurrent_kernel.as_mut_slice(), Fans::matrix(UNITS, 4 * UNITS), random);
        options.bias_init.fill(self.bias.as_mut_slice(), Fans::matrix(1, 4 * BIAS), random);
        if options.unit_forget_bias {
            cut_mut(self.bias.as_mut_slice(), FORGET * BIAS, BIAS).fill(T::ONE);
        }
    }
}

impl<T: Scalar, const IN: usize, const UNITS: usize, const BIAS: usize, const BACKWARDS: usize, const STATE: usize> Cell<T>
    for Lstm<T, IN, UNITS, BIAS, BACKWARDS, STATE>
{
    type Options = LstmOptions;
    type Units = SVector<T, UNITS>;
    type Gates = [SVector<T, UNITS>; 4];
    type Carry = SVector<T, UNITS>;
    /// The carry after the step.
    type Aux = SVector<T, UNITS>;
    type Extra = [T; 0];
    const IN: usize = IN;
    const UNITS: usize = UNITS;
    const COLUMNS: usize = 4 * UNITS;
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
    fn recurrent_dropout(options: &LstmOptions) -> f64 {
        options.recurrent_dropout
    }
    fn truncate(options: &LstmOptions) -> usize {
        options.truncate
    }
    #[inline(always)]
    fn zero_output_for_mask(options: &LstmOptions) -> bool {
        options.zero_output_for_mask
    }
    #[inline(always)]
    fn inputs<S: Simd>(&self, simd: S, x: &[T], z: &mut [T]) {
        multiply_groups::<S, T, IN, UNITS, 4>(simd, x, self.kernel.as_slice(), self.bias.as_slice(), z);
    }
    #[inline(always)]
    fn recur<S: Simd>(&self, simd: S, h: &[T], bias: &[T], z: &mut [T]) {
        multiply_groups::<S, T, UNITS, UNITS, 4>(simd, h, self.recurrent_kernel.as_slice(), bias, z);
    }

    #[inline(always)]
    fn values<S: Simd, const KEEP: bool>(
        simd: S,
        options: &LstmOptions,
        _: &mut [T],
        z: &mut [T],
        aux: &mut [T],
        h: &mut [T],
        c: &mut [T],
    ) {
        if !options.usual() {
            unusual::values(simd, UNITS, options, z, h, c);
            return if KEEP {
                recurrent::put(c, aux)
            };
        }
        let lanes = T::Vector::<S>::LANES;
        // The last register is full too, if it takes some units before it once more: what they were is needed first.
        let overlap = UNITS > lanes && !UNITS.is_multiple_of(lanes);
        let last = UNITS.saturating_sub(lanes);
        let tail = if overlap { Some(unit_step(simd, UNITS, z, c, last, lanes)) } else { None };
        let (ends, step) = if overlap { (UNITS / lanes * lanes, lanes) } else { (UNITS, lanes) };
        for at in (0..ends).step_by(step) {
            let len = lanes.min(UNITS - at);
            let [next, out] = unit_step(simd, UNITS, z, c, at, len);
            next.store(cut_mut(c, at, len));
            out.store(cut_mut(h, at, len));
        }
        if let Some([next, out]) = tail {
            next.store(cut_mut(c, last, lanes));
            out.store(cut_mut(h, last, lanes));
        }
        if KEEP {
            recurrent::put(c, aux);
        }
    }

    fn leave_out(c: &[T], aux: &mut [T]) {
        recurrent::put(c, aux);
    }

    #[inline(always)]
    fn slopes<S: Simd>(simd: S, options: &LstmOptions, step: Slopes<'_, T>) {
        if !options.usual() {
            return unusual::slopes(simd, UNITS, options, step);
        }
        let Slopes { z, aux, aux_before, dh, dc, dr, .. } = step;
        let (lanes, one) = (T::Vector::<S>::LANES, T::Vector::<S>::splat(simd, T::ONE));
        for (at, dc) in (0..UNITS).step_by(lanes).zip(dc.chunks_mut(lanes)) {
            let len = dc.len();
            let [i, f, g, o] = load_gates::<S, T, 4>(simd, z, UNITS, at, len);
            let (i, f, g, o) = (sigmoid(simd, i), sigmoid(simd, f), tanh(simd, g), sigmoid(simd, o));
            let y = tanh(simd, load::<S, T>(simd, aux, at, len));
            let dh = load::<S, T>(simd, dh, at, len);
            let total = T::Vector::<S>::load(simd, dc) + dh * o * ((one - y) * (one + y));
            (total * f).store(dc);
            let slopes = [
                total * g * (i * (one - i)),
                total * load::<S, T>(simd, aux_before, at, len) * (f * (one - f)),
                total * i * ((one - g) * (one + g)),
                dh * y * (o * (one - o)),
            ];
            for (gate, slope) in slopes.into_iter().enumerate() {
                slope.store(cut_mut(dr, gate * UNITS + at, len));
            }
        }
    }
}

/// The next carry and output of `len` units from `at` on, a register of them at most.
#[inline(always)]
fn unit_step<S: Simd, T: Scalar>(simd: S, units: usize, z: &[T], c: &[T], at: usize, len: usize) -> [T::Vector<S>; 2] {
    let [i, f, g, o] = load_gates::<S, T, 4>(simd, z, units, at, len);
    let (i, f, g, o) = (sigmoid(simd, i), sigmoid(simd, f), tanh(simd, g), sigmoid(simd, o));
    let next = flush::<S, T>(simd, f.mul_add(load(simd, c, at, len), i * g));
    [next, flush::<S, T>(simd, o * tanh(simd, next))]
}

recurrent_layer!(
    LstmOptions,
    [const IN: usize, const UNITS: usize, const BIAS: usize],
    Lstm<T, IN, UNITS, BIAS, BACKWARDS, STATE>,
    Lstm<T, IN, UNITS, BIAS, 0, 0>,
    2,
    Seq<2, UNITS>
);
