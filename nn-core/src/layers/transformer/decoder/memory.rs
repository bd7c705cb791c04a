//! The memory of a decoder, in predictions, in training and in streams.

use super::super::around::{AroundCache, Sequence};
use super::super::feed_forward::FeedForwardCache;
use crate::layers::multi_head_attention::{AttentionCache, AttentionScratch, AttentionState};
use crate::memory::Zeroable;
use crate::scalar::Scalar;
use nalgebra::SMatrix;

/// The memory of a prediction.
pub struct DecoderScratch<
    T: Scalar,
    const TIME: usize,
    const KEYS: usize,
    const E: usize,
    const HEADS: usize,
    const KEY: usize,
    const FFN: usize,
    const B: usize,
> {
    pub(super) attention: AttentionScratch<T, TIME, TIME, HEADS, HEADS, KEY, KEY, B>,
    pub(super) cross: AttentionScratch<T, TIME, KEYS, HEADS, HEADS, KEY, KEY, B>,
    pub(super) middle: [Sequence<T, TIME, E>; B],
    pub(super) between: [[Sequence<T, TIME, E>; B]; 2],
    pub(super) hidden: [SMatrix<T, FFN, TIME>; B],
}

/// The memory of a training step.
pub struct DecoderCache<
    T: Scalar,
    const TIME: usize,
    const KEYS: usize,
    const E: usize,
    const HEADS: usize,
    const KEY: usize,
    const FFN: usize,
    const B: usize,
> {
    pub(super) attention: AttentionCache<T, TIME, TIME, HEADS, HEADS, KEY, KEY, B>,
    pub(super) around_attention: AroundCache<T, TIME, E, B>,
    pub(super) cross: AttentionCache<T, TIME, KEYS, HEADS, HEADS, KEY, KEY, B>,
    pub(super) around_cross: AroundCache<T, TIME, E, B>,
    /// What the attentions with their norms give, and the gradients.
    pub(super) between: [[Sequence<T, TIME, E>; B]; 2],
    pub(super) d_between: [[Sequence<T, TIME, E>; B]; 2],
    pub(super) feedforward: FeedForwardCache<T, TIME, FFN, B>,
    pub(super) around_feedforward: AroundCache<T, TIME, E, B>,
    /// The gradient of the input where nobody asks for it.
    pub(super) spare: [Sequence<T, TIME, E>; B],
}

/// What a stream carries: keys and values of the steps so far, and of the memory.
pub struct DecoderState<T: Scalar, const TIME: usize, const KEYS: usize, const HEADS: usize, const KEY: usize> {
    pub(super) attention: AttentionState<T, TIME, HEADS, KEY, KEY>,
    pub(super) cross: AttentionState<T, KEYS, HEADS, KEY, KEY>,
}

// SAFETY: memory that is zeroable itself.
unsafe impl<T: Scalar, const TIME: usize, const KEYS: usize, const HEADS: usize, const KEY: usize> Zeroable
    for DecoderState<T, TIME, KEYS, HEADS, KEY>
{
}

macro_rules! zeroable {
    ($name:ident, $any_bits:expr) => {
        // SAFETY: arrays of matrices of scalars, and memory that is zeroable itself.
        unsafe impl<
            T: Scalar,
            const TIME: usize,
            const KEYS: usize,
            const E: usize,
            const HEADS: usize,
            const KEY: usize,
            const FFN: usize,
            const B: usize,
        > Zeroable for $name<T, TIME, KEYS, E, HEADS, KEY, FFN, B>
        {
            const ANY_BITS: bool = $any_bits;
        }
    };
}
// All of it is runs of one scalar: without padding.
zeroable!(DecoderScratch, T::ANY_BITS);
zeroable!(DecoderCache, false);
