//! One step at a time, with the keys and values of the steps before.

use super::sample::probabilities;
use super::{AttentionScratch, AttentionState, MultiHeadAttention, MultiHeadAttentionOptions, generic, scale};
use crate::kernels::{Strided, Triangle, cut_mut, multiply_rows, multiply_strided};
use crate::layer::Stream;
use crate::layers::rotation::{next, rotate};
use crate::memory::{flat, flat_mut};
use crate::scalar::Scalar;
use crate::shape::{Seq, Tokens};
use crate::simd::Simd;
use nalgebra::SVector;

generic! {
    /// One step; `id` is its id where there is a mask.
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
        let (query, key) = (cut_mut(query, 0, HEADS * KEY), cut_mut(key, 0, KV * KEY));
        let (mixed, weights) = (cut_mut(mixed, 0, HEADS * VALUE), cut_mut(weights, 0, TIME));
        let at = state.next as usize;
        self.query.one(simd, x, query);
        self.key.one(simd, x, key);
        self.value.one(simd, x, cut_mut(flat_mut::<T, _>(&mut state.values), at * KV * VALUE, KV * VALUE));
        if options.rotary {
            rotate(&state.angles, false, query);
            rotate(&state.angles, false, key);
            next(&mut state.angles);
        }
        scale::<T, KEY>(query);
        let columns = flat_mut::<T, _>(&mut state.keys).iter_mut().skip(at).step_by(TIME.max(1));
        for (to, key) in columns.zip(&*key) {
            *to = *key;
        }
        if let (Some(place), Some(id)) = (state.ids.get_mut(at), id) {
            *place = id;
        }
        state.next = if at + 1 < TIME { state.next + 1 } else { 0 };
        state.filled = (state.filled as usize + 1).min(TIME) as u32;
        let filled = state.filled as usize;
        let ids = id.and_then(|_| state.ids.get(..filled)).unwrap_or_default();
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
