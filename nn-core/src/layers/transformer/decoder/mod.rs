//! Causal self-attention, attention to a memory, and two dense layers.

mod forms;
mod memory;

pub use memory::{DecoderCache, DecoderScratch, DecoderState};

use super::TransformerOptions;
use super::around::Sequence;
use super::feed_forward::FeedForward;
use crate::executor::Executor;
use crate::kernels::cut_mut;
use crate::layer::{Layer, Training};
use crate::layers::dense::{Dense, DenseOptions};
use crate::layers::layer_norm::LayerNorm;
use crate::layers::multi_head_attention::{Io, MultiHeadAttention, Slopes};
use crate::memory::{flat, flat_mut};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::Flat;
use crate::simd::Simd;
use nalgebra::SVector;

/// Causal self-attention of `HEADS` heads of length `KEY` on `E` features, then attention of as many heads to a memory of `M` features,
/// then two dense layers with `FFN` hidden features.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct TransformerDecoder<T: Scalar, const E: usize, const M: usize, const HEADS: usize, const KEY: usize, const FFN: usize> {
    /// The attention to itself.
    pub self_attention: MultiHeadAttention<T, E, E, HEADS, HEADS, KEY, KEY, HEADS, HEADS, E, 1>,
    /// Its norm.
    pub self_attention_norm: LayerNorm<T, E>,
    /// The attention to the memory.
    pub cross_attention: MultiHeadAttention<T, E, M, HEADS, HEADS, KEY, KEY, HEADS, HEADS, E, 0>,
    /// Its norm.
    pub cross_attention_norm: LayerNorm<T, E>,
    /// The first dense layer.
    pub feedforward_intermediate: Dense<T, E, FFN>,
    /// The second one.
    pub feedforward_output: Dense<T, FFN, E>,
    /// Their norm.
    pub feedforward_norm: LayerNorm<T, E>,
}

/// The memory of a decoder: a batch of sequences, and the ids of its steps (or none).
#[derive(Clone, Copy)]
struct Memory<'a, T> {
    values: &'a [T],
    ids: &'a [u32],
}

impl<T: Scalar, const E: usize, const M: usize, const HEADS: usize, const KEY: usize, const FFN: usize>
    TransformerDecoder<T, E, M, HEADS, KEY, FFN>
{
    fn start(&mut self, options: &TransformerOptions, random: &mut dyn Source) {
        let dense = DenseOptions { init: options.init, ..DenseOptions::DEFAULT };
        self.self_attention.start(&options.attention(options.rotary), random);
        self.cross_attention.start(&options.attention(false), random);
        Layer::<T, Flat<E>, Flat<FFN>>::initialize(&mut self.feedforward_intermediate, &dense, random);
        Layer::<T, Flat<FFN>, Flat<E>>::initialize(&mut self.feedforward_output, &dense, random);
        for norm in [&mut self.self_attention_norm, &mut self.cross_attention_norm, &mut self.feedforward_norm] {
            norm.gamma.as_mut_slice().fill(T::ONE);
        }
    }

    #[inline(always)]
    fn feedforward(&self, options: &TransformerOptions) -> FeedForward<'_, T, E, FFN> {
        FeedForward { intermediate: &self.feedforward_intermediate, output: &self.feedforward_output, activation: options.activation }
    }

    const fn macs(time: usize, keys: usize) -> u64 {
        let own = MultiHeadAttention::<T, E, E, HEADS, HEADS, KEY, KEY, HEADS, HEADS, E, 1>::macs(time, time);
        let cross = MultiHeadAttention::<T, E, M, HEADS, HEADS, KEY, KEY, HEADS, HEADS, E, 0>::macs(time, keys);
        own + cross + (time * (2 * E * FFN + 3 * E)) as u64
    }

    #[inline(always)]
    fn one<S: Simd, const TIME: usize, const KEYS: usize, const B: usize>(
        &self,
        simd: S,
        options: &TransformerOptions,
        x: &[T],
        memory: Memory<'_, T>,
        y: &mut [T],
        scratch: &mut DecoderScratch<T, TIME, KEYS, E, HEADS, KEY, FFN, B>,
    ) {
        let DecoderScratch { attention, cross, middle, between: [first, second], hidden } = scratch;
        let middle = flat_mut::<T, _>(middle.get_mut(..1).unwrap_or_default());
        let first = flat_mut::<T, _>(first.get_mut(..1).unwrap_or_default());
        let second = flat_mut::<T, _>(second.get_mut(..1).unwrap_or_default());
        let hidden = flat_mut::<T, _>(hidden.get_mut(..1).unwrap_or_default());
        let (own, other) = (options.attention(options.rotary), options.attention(false));
        options.around(&self.self_attention_norm).one(
            simd,
            x,
            first,
            middle,
            #[inline(always)]
            |x, y| self.self_attention.one::<S, TIME, TIME, B>(simd, &own, Io { x, memory: x, ids: &[] }, y, attention),
        );
        let Memory { values, ids } = memory;
        options.around(&self.cross_attention_norm).one(
            simd,
            first,
            second,
            middle,
            #[inline(always)]
            |x, y| self.cross_attention.one::<S, TIME, KEYS, B>(simd, &other, Io { x, memory: values, ids }, y, cross),
        );
        options.around(&self.feedforward_norm).one(
            simd,
            second,
            y,
            middle,
            #[inline(always)]
            |x, y| self.feedforward(options).one(simd, x, y, hidden),
        );
    }

    /// One step of a stream, with all of its memory.
    #[inline(always)]
    fn step<S: Simd, const TIME: usize, const KEYS: usize>(
        &self,
        simd: S,
        options: &TransformerOptions,
        (x, memory): (&SVector<T, E>, Memory<'_, T>),
        y: &mut SVector<T, E>,
        state: &mut DecoderState<T, TIME, KEYS, HEADS, KEY>,
        scratch: &mut DecoderScratch<T, TIME, KEYS, E, HEADS, KEY, FFN, 1>,
    ) {
        let DecoderScratch { attention, cross, middle, between: [first, second], hidden } = scratch;
        let [middle, first, second] = [middle, first, second].map(|memory| cut_mut(flat_mut::<T, _>(memory), 0, E));
        let hidden = cut_mut(flat_mut::<T, _>(hidden), 0, FFN);
        let (own, other) = (options.attention(options.rotary), options.attention(false));
        options.around(&self.self_attention_norm).one(
            simd,
            x.as_slice(),
            first,
            middle,
            #[inline(always)]
            |x, y| self.self_attention.step(simd, &own, (x, None), y, &mut state.attention, attention),
        );
        let Memory { values, ids } = memory;
        options.around(&self.cross_attention_norm).one(
            simd,
            first,
            second,
            middle,
            #[inline(always)]
            |x, y| {
                let io = Io { x, memory: values, ids };
                self.cross_attention.step_with_memory::<S, TIME, KEYS>(simd, &other, io, y, &mut state.cross, cross);
            },
        );
        options.around(&self.feedforward_norm).one(
            simd,
            second,
            y.as_mut_slice(),
            middle,
            #[inline(always)]
            |x, y| {
                simd.call(
                    #[inline(always)]
                    || self.feedforward(options).one(simd, x, y, hidden),
                );
            },
        );
    }

    fn batch<const TIME: usize, const KEYS: usize, const B: usize>(
        &self,
        options: &TransformerOptions,
        x: &[T],
        memory: Memory<'_, T>,
        y: &mut [T],
        scratch: &mut DecoderScratch<T, TIME, KEYS, E, HEADS, KEY, FFN, B>,
        executor: &dyn Executor,
    ) {
        let count = y.len() / (TIME * E).max(1);
        let DecoderScratch { attention, cross, middle, between: [first, second], hidden } = scratch;
        let (middle, hidden) = (flat_mut::<T, _>(&mut middle[..count]), flat_mut::<T, _>(&mut hidden[..count]));
        let (first, second) = (flat_mut::<T, _>(&mut first[..count]), flat_mut::<T, _>(&mut second[..count]));
        let (own, other) = (options.attention(options.rotary), options.attention(false));
        options.around(&self.self_attention_norm).batch(executor, x, first, middle, |x, y| {
            self.self_attention.batch::<TIME, TIME, B>(&own, Io { x, memory: x, ids: &[] }, y, attention, executor);
        });
        let Memory { values, ids } = memory;
        options.around(&self.cross_attention_norm).batch(executor, first, second, middle, |x, y| {
            self.cross_attention.batch::<TIME, KEYS, B>(&other, Io { x, memory: values, ids }, y, cross, executor);
        });
        options.around(&self.feedforward_norm).batch(executor, second, y, middle, |x, y| {
            self.feedforward(options).batch(executor, x, y, hidden);
        });
    }

    fn train<const TIME: usize, const KEYS: usize, const B: usize>(
        &self,
        options: &TransformerOptions,
        x: &[Sequence<T, TIME, E>],
        memory: Memory<'_, T>,
        y: &mut [Sequence<T, TIME, E>],
        cache: &mut DecoderCache<T, TIME, KEYS, E, HEADS, KEY, FFN, B>,
        training: &Training<'_>,
    ) {
        let DecoderCache { attention, around_attention, cross, around_cross, between, feedforward, around_feedforward, .. } = cache;
        let [first, second] = between.each_mut().map(|between| &mut between[..x.len()]);
        let (own, other) = (options.attention(options.rotary), options.attention(false));
        let around = options.around(&self.self_attention_norm);
        around.train::<TIME, B>(x, first, around_attention, &training.layer(0), |x, y| {
            let io = Io { x: flat(x), memory: flat(x), ids: &[] };
            self.self_attention.train::<TIME, TIME, B>(&own, io, flat_mut(y), attention, &training.layer(1));
        });
        let around = options.around(&self.cross_attention_norm);
        around.train::<TIME, B>(first, second, around_cross, &training.layer(2), |x, y| {
            let io = Io { x: flat(x), memory: memory.values, ids: memory.ids };
            self.cross_attention.train::<TIME, KEYS, B>(&other, io, flat_mut(y), cross, &training.layer(3));
        });
        let around = options.around(&self.feedforward_norm);
        around.train::<TIME, B>(second, y, around_feedforward, &training.layer(4), |x, y| {
            self.feedforward(options).train::<TIME, B>(training.executor, flat(x), flat_mut(y), feedforward);
        });
    }

    #[allow(clippy::too_many_arguments, reason = "what a pass reads and writes")]
    fn back<const TIME: usize, const KEYS: usize, const B: usize>(
        &self,
        options: &TransformerOptions,
        x: &[Sequence<T, TIME, E>],
        memory: Memory<'_, T>,
        dy: &mut [Sequence<T, TIME, E>],
        (dx, d_memory): (Option<&mut [Sequence<T, TIME, E>]>, Option<&mut [T]>),
        cache: &mut DecoderCache<T, TIME, KEYS, E, HEADS, KEY, FFN, B>,
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let DecoderCache { attention, around_attention, cross, around_cross, between, d_between, feedforward, around_feedforward, spare } =
            cache;
        let [first, second] = between.each_ref().map(|between| &between[..x.len()]);
        let [d_first, d_second] = d_between.each_mut().map(|between| &mut between[..x.len()]);
        let dx = dx.unwrap_or(&mut spare[..x.len()]);
        let (own, other) = (options.attention(options.rotary), options.attention(false));
        let Self {
            self_attention,
            self_attention_norm,
            cross_attention,
            cross_attention_norm,
            feedforward_intermediate,
            feedforward_output,
            feedforward_norm,
        } = gradient;
        let around = options.around(&self.feedforward_norm);
        around.backward::<TIME, B>(second, dy, d_second, around_feedforward, feedforward_norm, &training.layer(4), |x, dy, dx| {
            let gradients = (feedforward_intermediate, feedforward_output);
            let part = self.feedforward(options);
            part.backward::<TIME, B>(training.executor, flat(x), flat(dy), flat_mut(dx), feedforward, gradients);
        });
        let around = options.around(&self.cross_attention_norm);
        around.backward::<TIME, B>(first, d_second, d_first, around_cross, cross_attention_norm, &training.layer(2), |x, dy, dx| {
            let io = Io { x: flat(x), memory: memory.values, ids: memory.ids };
            let slopes = Slopes { x: Some(flat_mut(dx)), memory: d_memory, two: true };
            self.cross_attention.back::<TIME, KEYS, B>(&other, io, flat(dy), slopes, cross, cross_attention, &training.layer(3));
        });
        let around = options.around(&self.self_attention_norm);
        around.backward::<TIME, B>(x, d_first, dx, around_attention, self_attention_norm, &training.layer(0), |x, dy, dx| {
            let io = Io { x: flat(x), memory: flat(x), ids: &[] };
            let slopes = Slopes { x: Some(flat_mut(dx)), memory: None, two: false };
            self.self_attention.back::<TIME, TIME, B>(&own, io, flat(dy), slopes, attention, self_attention, &training.layer(1));
        });
    }
}
