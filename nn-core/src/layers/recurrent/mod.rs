//! What the recurrent layers have in common: the way through time, forward and back.
//!
//! A layer is a [`Cell`]: two products, `x kernel + bias` and `h recurrent_kernel`, and what becomes of their sum in one step. The first
//! product of many steps is taken at once, since it waits for nothing; the second one row after another. In a batch both are products
//! over samples. They are added in one order everywhere, so a sample has the same bits alone, in a batch and step by step.
//!
//! Whatever a state is written to, numbers below 2^-100 become 0: a stream that decays to silence never reaches the subnormal numbers,
//! with which many machines take a hundred times longer.

mod batch;
mod gates;
mod layer;
mod sample;
#[cfg(test)]
pub(super) mod testing;

pub use batch::{RecurrentCache, Way};
pub use gates::{GateBias, GateKernel};
pub(super) use layer::{recurrent_form, recurrent_layer};
pub use sample::{Advance, Sequence};

use crate::activation::Activation;
use crate::math::constant;
use crate::memory::{Packed, Zeroable, flat_mut};
use crate::scalar::Scalar;
use crate::shape::{Flat, LastAxis, Seq, Shape};
use crate::simd::{Simd, Vector};

/// What a recurrent layer gives out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// The output of the last step.
    Last,
    /// The output of each step.
    Each,
    /// The state after the last step.
    State,
}

/// The shape of what a recurrent layer gives out: if `STATE` is 1 its state, which has so many `ROWS`, else [`Flat`], what comes after the
/// last step, or [`Seq`], what comes after each.
pub trait Outputs<const TIME: usize, const UNITS: usize, const STATE: usize, const ROWS: usize>:
    LastAxis<UNITS> + Shape<Frame = Flat<UNITS>>
{
    /// What that is.
    const GIVES: Gives;
}

impl<const TIME: usize, const UNITS: usize, const ROWS: usize> Outputs<TIME, UNITS, 0, ROWS> for Flat<UNITS> {
    const GIVES: Gives = Gives::Last;
}

impl<const TIME: usize, const UNITS: usize, const ROWS: usize> Outputs<TIME, UNITS, 0, ROWS> for Seq<TIME, UNITS> {
    const GIVES: Gives = Gives::Each;
}

impl<const TIME: usize, const UNITS: usize> Outputs<TIME, UNITS, 1, 1> for Flat<UNITS> {
    const GIVES: Gives = Gives::State;
}

impl<const TIME: usize, const UNITS: usize> Outputs<TIME, UNITS, 1, 2> for Seq<2, UNITS> {
    const GIVES: Gives = Gives::State;
}

/// What a recurrent layer reads, of any number of samples.
#[derive(Clone, Copy)]
pub struct Io<'a, T> {
    /// The sequences.
    pub x: &'a [T],
    /// An id for each step, 0 of one that is padding; empty if none is.
    pub ids: &'a [u32],
    /// What each sample starts from, `h` and then the carry; empty if that is zero.
    pub start: &'a [T],
}

/// A step of a recurrent layer.
pub trait Cell<T: Scalar>: Zeroable {
    /// The options.
    type Options: 'static + Sync;
    /// One number a unit: the state `h`, which is the output.
    type Units: Packed<T>;
    /// One number a unit and gate.
    type Gates: Packed<T>;
    /// What is carried from step to step besides `h`; of no size if there is nothing.
    type Carry: Packed<T>;
    /// What the backward pass of a step needs besides the gates and `h`; of no size if nothing.
    type Aux: Packed<T>;
    /// Memory for the gradients of the recurrent product, where they are not those of the other one; else of no size.
    type Extra: Packed<T>;
    /// The number of inputs.
    const IN: usize;
    /// The number of units.
    const UNITS: usize;
    /// The number of gates times that of units.
    const COLUMNS: usize;
    /// Whether the recurrent product is not simply added to the other one.
    const SEPARATE: bool;

    /// `[IN, COLUMNS]`.
    fn kernel(&self) -> &[T];
    /// `[UNITS, COLUMNS]`.
    fn recurrent_kernel(&self) -> &[T];
    /// The bias of the inputs, then that of the recurrent product; empty if there is none.
    fn biases(&self) -> [&[T]; 2];
    /// The kernel, the recurrent kernel and the biases, for writing.
    fn tensors(&mut self) -> [&mut [T]; 4];
    /// The share of the state that is dropped in training.
    fn recurrent_dropout(options: &Self::Options) -> f64;
    /// Gradients do not go back over steps that are a multiple of this; 0 for none.
    fn truncate(options: &Self::Options) -> usize;
    /// Whether the output of a step that is left out is zero, and not that of the step before.
    fn zero_output_for_mask(options: &Self::Options) -> bool;
    /// Whether a step takes a second recurrent product, of what [`before`](Self::before) makes.
    #[inline(always)]
    fn twice() -> bool {
        false
    }

    /// `z = x kernel + bias` of some rows of one sample.
    fn inputs<S: Simd>(&self, simd: S, x: &[T], z: &mut [T]);
    /// `z = h recurrent_kernel + bias` of one row.
    fn recur<S: Simd>(&self, simd: S, h: &[T], bias: &[T], z: &mut [T]);
    /// What the second product is taken of, into `from`, given the inputs' product `x` and the recurrent one `z`, which is overwritten
    /// afterwards: what will be needed of it is added to `x`.
    #[inline(always)]
    fn before<S: Simd>(simd: S, options: &Self::Options, x: &mut [T], z: &[T], h: &[T], from: &mut [T]) {
        let _ = (simd, options, x, z, h, from);
    }
    /// The next `h` and carry. `z` is the sum of both products, or if they are [`SEPARATE`](Self::SEPARATE) the recurrent one, and `x`
    /// the other; `z` may be overwritten. If `KEEP`, `x` and `aux` become what [`slopes`](Self::slopes) takes.
    fn values<S: Simd, const KEEP: bool>(
        simd: S,
        options: &Self::Options,
        x: &mut [T],
        z: &mut [T],
        aux: &mut [T],
        h: &mut [T],
        c: &mut [T],
    );
    /// What `values` leaves in `aux` of a step that is left out, given the carry.
    fn leave_out(c: &[T], aux: &mut [T]) {
        let _ = c;
        aux.fill(T::ZERO);
    }
    /// If the product is taken twice: the gradients of the second one, of all steps, given those of both inputs' products.
    fn second_gradient(z: &[T], extra: &mut [T]) {
        let _ = (z, extra);
    }
    /// From the gradient of `h` and the carry after the step to those of both products and of the carry before it.
    fn slopes<S: Simd>(simd: S, options: &Self::Options, step: Slopes<'_, T>);
    /// If the product is taken [`twice`](Self::twice): from the gradient of what it was taken of, in `step.dh`, to the rest.
    #[inline(always)]
    fn slopes_before<S: Simd>(simd: S, options: &Self::Options, step: Slopes<'_, T>) {
        let _ = (simd, options, step);
    }
}

/// One step of one sample in a backward pass.
pub struct Slopes<'a, T> {
    /// What `values` kept of the gates; becomes the gradient of `x kernel + bias`.
    pub z: &'a mut [T],
    /// What `values` kept besides.
    pub aux: &'a [T],
    /// The same of the step before; before the first the carry that it starts from, empty if that is zero.
    pub aux_before: &'a [T],
    /// `h` before the step.
    pub before: &'a [T],
    /// The gradient of `h` after the step.
    pub dh: &'a mut [T],
    /// The gradient of the carry: after the step, then before it.
    pub dc: &'a mut [T],
    /// Becomes the gradient of the recurrent product.
    pub dr: &'a mut [T],
    /// Becomes what the gradient of `h` before the step has besides its share through the product.
    pub direct: &'a mut [T],
    /// As long as the gates.
    pub work: &'a mut [T],
}

/// How many steps of one sample are multiplied by the kernel at once: two tiles of the product.
const STEPS: usize = 12;

/// What a stream through a recurrent layer carries: all zero at its start. `MARKS` is 1 if it starts from something else, which is taken in at
/// the first step; else 0.
pub struct RecurrentState<T: Scalar, C: Cell<T>, const MARKS: usize = 0> {
    /// The output of the last step.
    pub h: C::Units,
    /// The cell state of an LSTM.
    pub c: C::Carry,
    /// What has happened so far: 0 nothing, [`BEGUN`] only padding, or [`SEEN`].
    marks: [u32; MARKS],
}

/// The state that it starts from is taken in.
const BEGUN: u32 = 1;
/// There was a step that is no padding.
const SEEN: u32 = 2;

// SAFETY: runs of scalars and integers, for which zero bits are zero.
unsafe impl<T: Scalar, C: Cell<T>, const MARKS: usize> Zeroable for RecurrentState<T, C, MARKS> {}

/// The memory of a prediction.
#[repr(C)]
pub struct RecurrentScratch<T: Scalar, C: Cell<T>, const B: usize> {
    /// `x kernel + bias` of some steps of each sample.
    x: [[C::Gates; STEPS]; B],
    /// The recurrent product of one step.
    z: [C::Gates; B],
    from: [C::Units; B],
    h: [C::Units; B],
    c: [C::Carry; B],
    aux: [C::Aux; B],
}

// SAFETY: as above.
unsafe impl<T: Scalar, C: Cell<T>, const B: usize> Zeroable for RecurrentScratch<T, C, B> {
    const ANY_BITS: bool = {
        let product = STEPS * size_of::<C::Gates>();
        let step = size_of::<C::Gates>() + 2 * size_of::<C::Units>() + size_of::<C::Carry>() + size_of::<C::Aux>();
        T::ANY_BITS && size_of::<Self>() == B * (product + step)
    };
}

/// The numbers of one value.
#[inline(always)]
fn numbers<T: Scalar, A: Packed<T>>(value: &mut A) -> &mut [T] {
    flat_mut(core::slice::from_mut(value))
}

/// `len` numbers from `at` on; none, if there are fewer.
#[inline(always)]
pub(super) fn cut<T>(from: &[T], at: usize, len: usize) -> &[T] {
    from.get(at..at + len).unwrap_or_default()
}

/// `len` numbers from `at` on, for writing; none, if there are fewer.
#[inline(always)]
pub(super) fn cut_mut<T>(from: &mut [T], at: usize, len: usize) -> &mut [T] {
    from.get_mut(at..at + len).unwrap_or_default()
}

/// A register of `len` numbers from `at` on.
#[inline(always)]
pub(super) fn load<S: Simd, T: Scalar>(simd: S, from: &[T], at: usize, len: usize) -> T::Vector<S> {
    T::Vector::<S>::load(simd, cut(from, at, len))
}

/// A register of each of `G` gates of `units` numbers: `len` numbers from `at` on.
#[inline(always)]
pub(super) fn load_gates<S: Simd, T: Scalar, const G: usize>(simd: S, z: &[T], units: usize, at: usize, len: usize) -> [T::Vector<S>; G] {
    let mut gates = [T::Vector::<S>::splat(simd, T::ZERO); G];
    for (gate, value) in gates.iter_mut().enumerate() {
        *value = load(simd, z, gate * units + at, len);
    }
    gates
}

/// Copies what both have room for.
#[inline(always)]
pub(super) fn put<T: Copy>(from: &[T], to: &mut [T]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

/// Copies, or writes zeros.
#[inline(always)]
fn put_if<T: Scalar>(yes: bool, from: &[T], to: &mut [T]) {
    if yes { put(from, to) } else { to.fill(T::ZERO) }
}

/// Numbers below 2^-100 become 0; NaN stays.
#[inline(always)]
pub(super) fn flush<S: Simd, T: Scalar>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    const SMALLEST: f64 = 1.0 / (1u128 << 100) as f64;
    let zero = T::Vector::<S>::splat(simd, T::ZERO);
    T::Vector::<S>::select(x.abs().lt(constant(simd, SMALLEST)), zero, x)
}

/// [`flush`] in place.
#[inline(always)]
pub(super) fn flush_all<S: Simd, T: Scalar>(simd: S, h: &mut [T]) {
    for h in h.chunks_mut(T::Vector::<S>::LANES) {
        flush::<S, T>(simd, T::Vector::<S>::load(simd, h)).store(h);
    }
}

/// An activation that is not the usual one, in place: a call, lest every layer has a copy of every function.
#[inline(never)]
pub(super) fn activate<S: Simd, T: Scalar>(simd: S, activation: Activation, units: usize, y: &mut [T]) {
    activation.in_place(simd, units, y);
}

/// The state of one sample before its first step.
#[inline(always)]
fn begin<T: Scalar>(start: &[T], h: &mut [T], c: &mut [T]) {
    h.fill(T::ZERO);
    c.fill(T::ZERO);
    put(start, h);
    put(cut(start, h.len(), c.len()), c);
}

/// Whether the step of this id is left out.
#[inline(always)]
fn is_padding(id: Option<&u32>) -> bool {
    id == Some(&0)
}

/// The next step of one sample. `x` is the inputs' product.
#[inline(always)]
fn step<S: Simd, T: Scalar, C: Cell<T>>(simd: S, cell: &C, options: &C::Options, x: &mut [T], memory: [&mut [T]; 5]) {
    let [z, from, aux, h, c] = memory;
    // The last thing that is added to a sum is its bias: here the inputs' product.
    let bias = if C::SEPARATE { cell.biases()[1] } else { &*x };
    cell.recur(simd, h, bias, z);
    if C::twice() {
        C::before(simd, options, x, z, h, from);
        cell.recur(simd, from, &[], z);
    }
    C::values::<S, false>(simd, options, x, z, aux, h, c);
}
