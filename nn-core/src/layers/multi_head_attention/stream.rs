//! One step at a time, with the keys and values of the steps before.

use super::sample::probabilities;
use super::{AttentionScratch, AttentionState, Io, MultiHeadAttention, MultiHeadAttentionOptions, generic, scale};
use crate::kernels::{Strided, Triangle, cut_mut, multiply_rows, multiply_strided};
use crate::layer::Stream;
use crate::layers::rotation::{Angles, next, rotate};
use crate::memory::{flat, flat_mut};
use crate::scalar::Scalar;
use crate::shape::{Flat, Seq, Tokens, Whole};
use crate::simd::Simd;
use nalgebra::{SMatrix, SVector};

generic! {
    /// One step; `id` is its id where there is a mask. Its parts are functions of their own, so that the frames of unoptimised builds do not
    /// add up.
    #[inline(always)]
    pub(in crate::layers) fn step<S: Simd, const TIME: usize>(
        &self,
        simd: S,
        options: &MultiHeadAttentionOptions,
        (x, id): (&[T], Option<u32>),
        y: &mut [T],
        state: &mut AttentionState<T, TIME, KV, KEY, VALUE>,
        scratch: &mut AttentionScratch<T, TIME, TIME, HEADS, KV, KEY, VALUE, 1>,
    ) {
        let [query, key, _, mixed, _, weights] = scratch.first(1);
        let at = state.next as usize;
        let kept = (flat_mut(&mut state.keys), flat_mut(&mut state.values));
        simd.call(
            #[inline(always)]
            || self.keep::<S, TIME>(simd, x, options.rotary.then_some(&state.angles), at, kept, key),
        );
        if let (Some(place), Some(id)) = (state.ids.get_mut(at), id) {
            *place = id;
        }
        state.next = if at + 1 < TIME { state.next + 1 } else { 0 };
        state.filled = (state.filled as usize + 1).min(TIME) as u32;
        simd.call(
            #[inline(always)]
            || self.ask(simd, options, (x, id.is_some()), y, state, [query, mixed, weights]),
        );
    }

    /// One step of a sequence that asks a memory, which is taken in at the first step; `ids` are those of its steps where there is a mask.
    #[inline(always)]
    pub(in crate::layers) fn step_with_memory<S: Simd, const TIME: usize, const KEYS: usize>(
        &self,
        simd: S,
        options: &MultiHeadAttentionOptions,
        Io { x, memory, ids }: Io<'_, T>,
        y: &mut [T],
        state: &mut AttentionState<T, KEYS, KV, KEY, VALUE>,
        scratch: &mut AttentionScratch<T, TIME, KEYS, HEADS, KV, KEY, VALUE, 1>,
    ) {
        let [query, key, _, mixed, _, weights] = scratch.first(1);
        if state.filled == 0 {
            let mut angles = [SVector::<f64, KEY>::zeros(); 2];
            for (at, x) in memory.chunks_exact(M.max(1)).enumerate() {
                let kept = (flat_mut(&mut state.keys), flat_mut(&mut state.values));
                simd.call(
                    #[inline(always)]
                    || self.keep::<S, KEYS>(simd, x, options.rotary.then_some(&angles), at, kept, key),
                );
                next(&mut angles);
            }
            state.ids.iter_mut().zip(ids).for_each(|(to, id)| *to = *id);
            state.filled = KEYS as u32;
        }
        simd.call(
            #[inline(always)]
            || self.ask(simd, options, (x, !ids.is_empty()), y, state, [query, mixed, weights]),
        );
    }

    /// Puts key and value of a step into place `at` of `(keys, values)`. `key` is memory.
    #[inline(always)]
    fn keep<S: Simd, const TIME: usize>(
        &self,
        simd: S,
        x: &[T],
        angles: Option<&Angles<KEY>>,
        at: usize,
        (keys, values): (&mut [T], &mut [T]),
        key: &mut [T],
    ) {
        let key = cut_mut(key, 0, KV * KEY);
        self.key.one(simd, x, key);
        self.value.one(simd, x, cut_mut(values, at * KV * VALUE, KV * VALUE));
        if let Some(angles) = angles {
            rotate(angles, false, key);
        }
        for (to, key) in keys.iter_mut().skip(at).step_by(TIME.max(1)).zip(&*key) {
            *to = *key;
        }
    }

    /// The output of the step `x`, which asks all steps that are kept; the flag says whether there is a mask.
    #[inline(always)]
    fn ask<S: Simd, const TIME: usize>(
        &self,
        simd: S,
        options: &MultiHeadAttentionOptions,
        (x, masked): (&[T], bool),
        y: &mut [T],
        state: &mut AttentionState<T, TIME, KV, KEY, VALUE>,
        [query, mixed, weights]: [&mut [T]; 3],
    ) {
        let (query, mixed, weights) = (cut_mut(query, 0, HEADS * KEY), cut_mut(mixed, 0, HEADS * VALUE), cut_mut(weights, 0, TIME));
        self.query.one(simd, x, query);
        if options.rotary {
            rotate(&state.angles, false, query);
            next(&mut state.angles);
        }
        scale::<T, KEY>(query);
        let filled = state.filled as usize;
        let ids = if masked { state.ids.get(..filled).unwrap_or_default() } else { &[] };
        let (keys, values) = (flat::<T, _>(&state.keys), flat::<T, _>(&state.values));
        for head in 0..HEADS {
            let group = Self::sizes(1, TIME).group(head);
            let scores = Strided {
                a: query.get(head * KEY..).unwrap_or_default(),
                a_row: HEADS * KEY,
                a_step: 1,
                w: keys.get(group * KEY * TIME..).unwrap_or_default(),
                w_row: TIME,
                rows: 1,
                depth: KEY,
                columns: filled,
                y_row: TIME,
                triangle: Triangle::Whole,
                add: false,
            };
            multiply_strided(simd, scores, weights);
            probabilities(simd, cut_mut(weights, 0, filled), ids);
            let mixture = Strided {
                a: weights,
                a_row: TIME,
                w: values.get(group * VALUE..).unwrap_or_default(),
                w_row: KV * VALUE,
                depth: filled,
                columns: VALUE,
                y_row: HEADS * VALUE,
                ..scores
            };
            multiply_strided(simd, mixture, mixed.get_mut(head * VALUE..).unwrap_or_default());
        }
        multiply_rows(simd, mixed, self.attention_output.weights(), E, self.attention_output.bias.as_slice(), y);
    }
}

/// `Stream` of a causal attention: the inputs, and how a step is read.
macro_rules! stream {
    ($input:ty, $x:pat, $frame:ty, $step:expr, $id:expr) => {
        impl<
            T: Scalar,
            const TIME: usize,
            const E: usize,
            const HEADS: usize,
            const KV: usize,
            const KEY: usize,
            const VALUE: usize,
            const HEADS_BIAS: usize,
            const KV_BIAS: usize,
            const E_BIAS: usize,
        > Stream<T, $input, Seq<TIME, E>> for MultiHeadAttention<T, E, E, HEADS, KV, KEY, VALUE, HEADS_BIAS, KV_BIAS, E_BIAS, 1>
        {
            #[inline(always)]
            fn advance<S: Simd>(
                &self,
                simd: S,
                options: &MultiHeadAttentionOptions,
                $x: $frame,
                y: &mut SVector<T, E>,
                state: &mut AttentionState<T, TIME, KV, KEY, VALUE>,
                scratch: &mut AttentionScratch<T, TIME, TIME, HEADS, KV, KEY, VALUE, 1>,
            ) {
                self.step(simd, options, ($step, $id), y.as_mut_slice(), state, scratch);
            }
        }
    };
}
stream!(Seq<TIME, E>, x, &SVector<T, E>, x.as_slice(), None);
stream!((Seq<TIME, E>, Tokens<TIME>), (x, [id]), (&SVector<T, E>, &[u32; 1]), x.as_slice(), Some(*id));

/// `Stream` of an attention to a memory, which is given whole: the inputs, what a step reads, and how.
macro_rules! stream_with_memory {
    ($input:ty, $step:ty, $x:pat, $read:ty, $io:expr) => {
        impl<
            T: Scalar,
            const TIME: usize,
            const KEYS: usize,
            const E: usize,
            const M: usize,
            const HEADS: usize,
            const KV: usize,
            const KEY: usize,
            const VALUE: usize,
            const HEADS_BIAS: usize,
            const KV_BIAS: usize,
            const E_BIAS: usize,
        > Stream<T, $input, Seq<TIME, E>, $step> for MultiHeadAttention<T, E, M, HEADS, KV, KEY, VALUE, HEADS_BIAS, KV_BIAS, E_BIAS, 0>
        {
            #[inline(always)]
            fn advance<S: Simd>(
                &self,
                simd: S,
                options: &MultiHeadAttentionOptions,
                $x: $read,
                y: &mut SVector<T, E>,
                state: &mut AttentionState<T, KEYS, KV, KEY, VALUE>,
                scratch: &mut AttentionScratch<T, TIME, KEYS, HEADS, KV, KEY, VALUE, 1>,
            ) {
                self.step_with_memory(simd, options, $io, y.as_mut_slice(), state, scratch);
            }
        }
    };
}
stream_with_memory!(
    (Seq<TIME, E>, Seq<KEYS, M>),
    (Flat<E>, Whole<Seq<KEYS, M>>),
    (x, memory),
    (&SVector<T, E>, &SMatrix<T, M, KEYS>),
    Io { x: x.as_slice(), memory: memory.as_slice(), ids: &[] }
);
stream_with_memory!(
    (Seq<TIME, E>, Seq<KEYS, M>, Tokens<KEYS>),
    (Flat<E>, Whole<Seq<KEYS, M>>, Whole<Tokens<KEYS>>),
    (x, memory, ids),
    (&SVector<T, E>, &SMatrix<T, M, KEYS>, &[u32; KEYS]),
    Io { x: x.as_slice(), memory: memory.as_slice(), ids }
);
