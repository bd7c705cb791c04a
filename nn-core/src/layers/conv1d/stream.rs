//! A causal convolution, step by step.

use super::{Conv1d, Conv1dOptions};
use crate::activation::Activation;
use crate::kernels::{Axis, Convolution, multiply_window, over};
use crate::layer::Stream;
use crate::memory::{Zeroable, flat};
use crate::scalar::Scalar;
use crate::shape::Seq;
use crate::simd::Simd;
use nalgebra::SVector;

/// What a causal [`Conv1d`] remembers: the last inputs, zero before the start.
///
/// A dilated convolution is `DILATION` plain ones that take turns. For each there is a ring of `KERNEL` inputs, kept twice over, so that from
/// any place on the last `KERNEL` lie one after the other: a step writes its input to two places and moves nothing.
#[repr(C)]
pub struct Conv1dState<T: Scalar, const KERNEL: usize, const DILATION: usize, const F: usize> {
    rings: [[[SVector<T, F>; KERNEL]; 2]; DILATION],
    /// The place in a ring, and the ring.
    place: [u32; 2],
}

// SAFETY: numbers only: zero bits are valid, a bitwise copy is a copy, nothing needs dropping.
unsafe impl<T: Scalar, const KERNEL: usize, const DILATION: usize, const F: usize> Zeroable for Conv1dState<T, KERNEL, DILATION, F> {}

impl<T: Scalar, const KERNEL: usize, const DILATION: usize, const F: usize> Conv1dState<T, KERNEL, DILATION, F> {
    /// Takes in a step and gives the inputs that the taps see now, the oldest first.
    #[inline(always)]
    pub(in crate::layers) fn push(&mut self, x: &SVector<T, F>) -> &[T] {
        let [place, ring] = self.place;
        let (at, ring_at) = (place as usize, ring as usize);
        self.place = match (at + 1 < KERNEL, ring_at + 1 < DILATION) {
            (_, true) => [place, ring + 1],
            (true, false) => [place + 1, 0],
            (false, false) => [0, 0],
        };
        let Some(ring) = self.rings.get_mut(ring_at) else { return &[] };
        for half in ring.iter_mut() {
            if let Some(slot) = half.get_mut(at) {
                *slot = *x;
            }
        }
        flat::<T, _>(ring).get((at + 1) * F..(at + 1 + KERNEL) * F).unwrap_or_default()
    }
}

/// The convolution that makes one step of the inputs its taps see.
#[inline(always)]
pub(in crate::layers) fn one_step(taps: usize, inputs: usize, outputs: usize, groups: usize) -> Convolution {
    let axis = |inputs, taps| Axis::forward(inputs, 1, taps, 1, 1, 0);
    Convolution { rows: axis(1, 1), columns: axis(taps, taps), inputs, outputs, groups, streamed: true }
}

// A stride of 1 and causal padding, in numbers: they stand in messages of the compiler.
impl<
    T: Scalar,
    const TIME: usize,
    const F: usize,
    const KERNEL: usize,
    const IN: usize,
    const OUT: usize,
    const BIAS: usize,
    const DILATION: usize,
> Stream<T, Seq<TIME, F>, Seq<TIME, OUT>> for Conv1d<T, KERNEL, IN, OUT, BIAS, 1, DILATION, 2>
{
    /// Equal to the whole sequence, bit by bit, as long as the weights are finite: before the start of a stream they meet zeros.
    #[inline(always)]
    fn advance<S: Simd>(
        &self,
        simd: S,
        _: &Conv1dOptions,
        x: &SVector<T, F>,
        y: &mut SVector<T, OUT>,
        state: &mut Conv1dState<T, KERNEL, DILATION, F>,
        _: &mut (),
    ) {
        let window = state.push(x);
        let (weights, bias, y) = (flat::<T, _>(&self.kernel), self.bias.as_slice(), y.as_mut_slice());
        if const { IN == F } {
            multiply_window::<S, T, KERNEL, IN, OUT>(simd, window, weights, bias, y);
        } else {
            let one = one_step(KERNEL, F, OUT, const { over(F, IN) });
            T::convolve(&one, window, weights, bias, y, Activation::Linear);
        }
    }
}
