//! What an attention keeps: in a prediction, in a training step, in a stream.

use crate::layers::rotation::Angles;
use crate::memory::{Zeroable, flat_mut};
use crate::scalar::Scalar;
use nalgebra::SMatrix;

/// The memory of a prediction.
pub struct AttentionScratch<
    T: Scalar,
    const QUERIES: usize,
    const KEYS: usize,
    const HEADS: usize,
    const KV: usize,
    const KEY: usize,
    const VALUE: usize,
    const B: usize,
> {
    query: [[SMatrix<T, KEY, HEADS>; QUERIES]; B],
    key: [[SMatrix<T, KEY, KV>; KEYS]; B],
    value: [[SMatrix<T, VALUE, KV>; KEYS]; B],
    mixed: [[SMatrix<T, VALUE, HEADS>; QUERIES]; B],
    transposed: [[SMatrix<T, KEYS, KEY>; KV]; B],
    /// The probabilities of one head.
    weights: [SMatrix<T, KEYS, QUERIES>; B],
}

/// The memory of a training step.
pub struct AttentionCache<
    T: Scalar,
    const QUERIES: usize,
    const KEYS: usize,
    const HEADS: usize,
    const KV: usize,
    const KEY: usize,
    const VALUE: usize,
    const B: usize,
> {
    query: [[SMatrix<T, KEY, HEADS>; QUERIES]; B],
    key: [[SMatrix<T, KEY, KV>; KEYS]; B],
    value: [[SMatrix<T, VALUE, KV>; KEYS]; B],
    mixed: [[SMatrix<T, VALUE, HEADS>; QUERIES]; B],
    transposed: [[SMatrix<T, KEYS, KEY>; KV]; B],
    /// The probabilities of all heads.
    weights: [[SMatrix<T, KEYS, QUERIES>; HEADS]; B],
    dropped: [SMatrix<T, KEYS, QUERIES>; B],
    d_mixed: [[SMatrix<T, VALUE, HEADS>; QUERIES]; B],
    values: [[SMatrix<T, KEYS, VALUE>; KV]; B],
    slopes: [SMatrix<T, KEYS, QUERIES>; B],
    d_query: [[SMatrix<T, KEY, HEADS>; QUERIES]; B],
    d_key: [[SMatrix<T, KEY, KV>; KEYS]; B],
    d_value: [[SMatrix<T, VALUE, KV>; KEYS]; B],
}

/// What a stream carries: keys and values of the last `TIME` steps, or of a memory of as many.
pub struct AttentionState<T: Scalar, const TIME: usize, const KV: usize, const KEY: usize, const VALUE: usize> {
    /// One column a step.
    pub(super) keys: [SMatrix<T, TIME, KEY>; KV],
    pub(super) values: [SMatrix<T, VALUE, KV>; TIME],
    /// The ids of the steps, where there is a mask.
    pub(super) ids: [u32; TIME],
    /// The angles of the next position, for rotary ones.
    pub(super) angles: Angles<KEY>,
    /// Where the next step goes.
    pub(super) next: u32,
    /// How many steps there are.
    pub(super) filled: u32,
}

macro_rules! zeroable {
    ($name:ident, $any_bits:expr) => {
        // SAFETY: arrays of matrices of scalars.
        unsafe impl<
            T: Scalar,
            const QUERIES: usize,
            const KEYS: usize,
            const HEADS: usize,
            const KV: usize,
            const KEY: usize,
            const VALUE: usize,
            const B: usize,
        > Zeroable for $name<T, QUERIES, KEYS, HEADS, KV, KEY, VALUE, B>
        {
            const ANY_BITS: bool = $any_bits;
        }
    };
}
// All of it is runs of one scalar: without padding.
zeroable!(AttentionScratch, T::ANY_BITS);
zeroable!(AttentionCache, false);

// SAFETY: arrays of matrices of scalars, and integers.
unsafe impl<T: Scalar, const TIME: usize, const KV: usize, const KEY: usize, const VALUE: usize> Zeroable
    for AttentionState<T, TIME, KV, KEY, VALUE>
{
}

/// The first `count` samples of memory for several.
macro_rules! part {
    ($memory:expr, $count:expr) => {
        flat_mut::<T, _>($memory.get_mut(..$count).unwrap_or_default())
    };
}

impl<
    T: Scalar,
    const QUERIES: usize,
    const KEYS: usize,
    const HEADS: usize,
    const KV: usize,
    const KEY: usize,
    const VALUE: usize,
    const B: usize,
> AttentionScratch<T, QUERIES, KEYS, HEADS, KV, KEY, VALUE, B>
{
    /// Queries, keys, values, mixtures, transposed keys and probabilities of `count` samples.
    #[inline(always)]
    pub(super) fn first(&mut self, count: usize) -> [&mut [T]; 6] {
        let Self { query, key, value, mixed, transposed, weights } = self;
        [part!(query, count), part!(key, count), part!(value, count), part!(mixed, count), part!(transposed, count), part!(weights, count)]
    }
}

impl<
    T: Scalar,
    const QUERIES: usize,
    const KEYS: usize,
    const HEADS: usize,
    const KV: usize,
    const KEY: usize,
    const VALUE: usize,
    const B: usize,
> AttentionCache<T, QUERIES, KEYS, HEADS, KV, KEY, VALUE, B>
{
    /// As [`AttentionScratch::first`], with the probabilities of all heads; and memory for those after a dropout.
    pub(super) fn forward(&mut self, count: usize) -> ([&mut [T]; 6], &mut [T]) {
        let Self { query, key, value, mixed, transposed, weights, dropped, .. } = self;
        let first = [
            part!(query, count),
            part!(key, count),
            part!(value, count),
            part!(mixed, count),
            part!(transposed, count),
            part!(weights, count),
        ];
        (first, part!(dropped, count))
    }

    /// Queries, keys, values, mixtures and probabilities of `count` samples; then memory: gradient of the mixtures, transposed values,
    /// slopes of scores, dropped probabilities, gradients of queries, keys and values.
    #[allow(clippy::type_complexity, reason = "a list of slices, each read once")]
    pub(super) fn backward(&mut self, count: usize) -> ([&mut [T]; 5], [&mut [T]; 7]) {
        let Self { query, key, value, mixed, weights, dropped, d_mixed, values, slopes, d_query, d_key, d_value, .. } = self;
        let kept = [part!(query, count), part!(key, count), part!(value, count), part!(mixed, count), part!(weights, count)];
        let own = [
            part!(d_mixed, count),
            part!(values, count),
            part!(slopes, count),
            part!(dropped, count),
            part!(d_query, count),
            part!(d_key, count),
            part!(d_value, count),
        ];
        (kept, own)
    }
}
