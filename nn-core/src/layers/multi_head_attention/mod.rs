//! Scaled dot-product attention in several heads (Vaswani et al. 2017).

mod memory;
mod sample;
mod sources;
mod stream;
#[cfg(test)]
mod tests;

pub use memory::{AttentionCache, AttentionScratch, AttentionState};

use super::rotation::{next, rotate};
use crate::executor::{Executor, for_rows_of};
use crate::initializer::{Fans, Initializer};
use crate::kernels::{add_bias_gradient, add_transposed, multiply_batch, multiply_columns, multiply_rows, multiply_transposed};
use crate::layer::Training;
use crate::memory::{flat, flat_mut};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, dispatch};
use nalgebra::{SMatrix, SVector};
use sample::{Dropout, Memory, Sample, Sizes};

/// From `IN` features to `SIZE` for each of `HEADS` heads; `BIAS` is `HEADS`, or 0 without bias.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct HeadProjection<T: Scalar, const IN: usize, const HEADS: usize, const SIZE: usize, const BIAS: usize> {
    /// `[IN, HEADS, SIZE]`, row by row.
    #[parameter(kernel)]
    pub kernel: [SMatrix<T, SIZE, HEADS>; IN],
    /// `[HEADS, SIZE]`.
    #[parameter(bias)]
    pub bias: SMatrix<T, SIZE, BIAS>,
}

/// From `SIZE` numbers of each of `HEADS` heads to `OUT` features; `BIAS` is `OUT`, or 0 without bias.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct OutputProjection<T: Scalar, const HEADS: usize, const SIZE: usize, const OUT: usize, const BIAS: usize> {
    /// `[HEADS, SIZE, OUT]`, row by row.
    #[parameter(kernel)]
    pub kernel: [SMatrix<T, OUT, SIZE>; HEADS],
    /// Added to the outputs.
    #[parameter(bias)]
    pub bias: SVector<T, BIAS>,
}

/// Each step of a sequence of `E` features asks the steps of a memory of `M` features (of itself, if there is none): a query of each of
/// `HEADS` heads is compared with the keys of all steps, and the values are mixed by the softmax of the scores.
///
/// `KV` heads are asked, each by `HEADS / KV` neighbours. The constants after `VALUE` are the sizes of the biases: `HEADS`, `KV` and `E`,
/// or 0. With `CAUSAL` 1 step `t` sees the steps up to `t` only; then the layer can stream, and a stream that goes on after the length
/// of the declared input sees as many steps as that, the last ones. A query that sees no step at all, because of a mask, gets zeros as
/// its mixture (and so the output bias).
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct MultiHeadAttention<
    T: Scalar,
    const E: usize,
    const M: usize,
    const HEADS: usize,
    const KV: usize,
    const KEY: usize,
    const VALUE: usize,
    const HEADS_BIAS: usize,
    const KV_BIAS: usize,
    const E_BIAS: usize,
    const CAUSAL: usize,
> {
    /// Makes the queries.
    pub query: HeadProjection<T, E, HEADS, KEY, HEADS_BIAS>,
    /// Makes the keys.
    pub key: HeadProjection<T, M, KV, KEY, KV_BIAS>,
    /// Makes the values.
    pub value: HeadProjection<T, M, KV, VALUE, KV_BIAS>,
    /// Makes the output of the mixtures.
    pub attention_output: OutputProjection<T, HEADS, VALUE, E, E_BIAS>,
}

/// Options of [`MultiHeadAttention`].
#[derive(Clone, Copy, Debug)]
pub struct MultiHeadAttentionOptions {
    /// The share of probabilities set to zero in training, in `0.0..1.0`. Default: 0.
    pub dropout: f64,
    /// Whether queries and keys are turned by their positions (Su et al. 2021). Default: no.
    pub rotary: bool,
    /// How the kernels start. Default: [`Initializer::GlorotUniform`], with Keras's fans: those of a convolution over the first axis.
    pub init: Initializer,
    /// How the biases start. Default: [`Initializer::Zeros`].
    pub bias_init: Initializer,
}

impl MultiHeadAttentionOptions {
    /// Keras's defaults.
    pub const DEFAULT: Self = Self { dropout: 0.0, rotary: false, init: Initializer::GlorotUniform, bias_init: Initializer::Zeros };
}

impl<T: Scalar, const IN: usize, const HEADS: usize, const SIZE: usize, const BIAS: usize> HeadProjection<T, IN, HEADS, SIZE, BIAS> {
    fn initialize(&mut self, options: &MultiHeadAttentionOptions, random: &mut dyn Source) {
        options.init.fill(flat_mut::<T, _>(&mut self.kernel), Fans::matrix(IN * HEADS, IN * SIZE), random);
        options.bias_init.fill(self.bias.as_mut_slice(), Fans::matrix(BIAS, SIZE), random);
    }

    #[inline(always)]
    fn one<S: Simd>(&self, simd: S, x: &[T], y: &mut [T]) {
        multiply_rows(simd, x, flat::<T, _>(&self.kernel), HEADS * SIZE, self.bias.as_slice(), y);
    }

    fn batch(&self, executor: &dyn Executor, x: &[T], y: &mut [T]) {
        multiply_batch(executor, x, flat::<T, _>(&self.kernel), HEADS * SIZE, self.bias.as_slice(), y, &|_| ());
    }

    /// Adds the gradients of the parameters, and to `dx` (or overwrites it) that of the input.
    fn backward(&self, executor: &dyn Executor, x: &[T], dy: &[T], dx: Option<&mut [T]>, add: bool, gradient: &mut Self) {
        multiply_columns(executor, x, IN, dy, HEADS * SIZE, flat_mut::<T, _>(&mut gradient.kernel));
        if BIAS > 0 {
            add_bias_gradient(executor, dy, gradient.bias.as_mut_slice());
        }
        match dx {
            Some(dx) if add => add_transposed(executor, dy, flat::<T, _>(&self.kernel), HEADS * SIZE, dx),
            Some(dx) => multiply_transposed(executor, dy, flat::<T, _>(&self.kernel), HEADS * SIZE, dx),
            None => {}
        }
    }
}

impl<T: Scalar, const HEADS: usize, const SIZE: usize, const OUT: usize, const BIAS: usize> OutputProjection<T, HEADS, SIZE, OUT, BIAS> {
    fn initialize(&mut self, options: &MultiHeadAttentionOptions, random: &mut dyn Source) {
        options.init.fill(flat_mut::<T, _>(&mut self.kernel), Fans::matrix(HEADS * SIZE, HEADS * OUT), random);
        options.bias_init.fill(self.bias.as_mut_slice(), Fans::matrix(1, BIAS), random);
    }

    #[inline(always)]
    fn weights(&self) -> &[T] {
        flat(&self.kernel)
    }
}

/// What an attention reads: batches of sequences, and the ids of the steps that are asked (or none).
#[derive(Clone, Copy)]
pub(super) struct Io<'a, T> {
    pub x: &'a [T],
    pub memory: &'a [T],
    pub ids: &'a [u32],
}

/// Where its input gradients go. `None` for the memory if that is the sequence itself.
pub(super) struct Slopes<'a, T> {
    pub x: Option<&'a mut [T]>,
    pub memory: Option<&'a mut [T]>,
    /// Whether the memory is another sequence.
    pub two: bool,
}

macro_rules! generic {
    ($($impl:tt)*) => {
        impl<
            T: Scalar,
            const E: usize,
            const M: usize,
            const HEADS: usize,
            const KV: usize,
            const KEY: usize,
            const VALUE: usize,
            const HEADS_BIAS: usize,
            const KV_BIAS: usize,
            const E_BIAS: usize,
            const CAUSAL: usize,
        > MultiHeadAttention<T, E, M, HEADS, KV, KEY, VALUE, HEADS_BIAS, KV_BIAS, E_BIAS, CAUSAL> { $($impl)* }
    };
}

generic! {
    fn sizes(queries: usize, keys: usize) -> Sizes {
        Sizes { queries, keys, heads: HEADS, groups: KV, key: KEY, value: VALUE, causal: CAUSAL != 0 }
    }

    pub(super) const fn macs(queries: usize, keys: usize) -> u64 {
        let projections = queries * E * HEADS * KEY + keys * M * KV * (KEY + VALUE) + queries * HEADS * VALUE * E;
        (projections + queries * keys * HEADS * (KEY + VALUE)) as u64
    }

    pub(super) fn start(&mut self, options: &MultiHeadAttentionOptions, random: &mut dyn Source) {
        self.query.initialize(options, random);
        self.key.initialize(options, random);
        self.value.initialize(options, random);
        self.attention_output.initialize(options, random);
    }

    /// One sample.
    #[inline(always)]
    pub(super) fn one<S: Simd, const QUERIES: usize, const KEYS: usize, const B: usize>(
        &self,
        simd: S,
        options: &MultiHeadAttentionOptions,
        io: Io<'_, T>,
        y: &mut [T],
        scratch: &mut AttentionScratch<T, QUERIES, KEYS, HEADS, KV, KEY, VALUE, B>,
    ) {
        let [query, key, value, mixed, transposed, weights] = scratch.first(1);
        self.query.one(simd, io.x, query);
        self.key.one(simd, io.memory, key);
        self.value.one(simd, io.memory, value);
        let sizes = Self::sizes(QUERIES, KEYS);
        let kept = Forward::<T, KEY> { sizes, options, query, key, value, ids: io.ids, transposed, weights, mixed, dropout: None };
        kept.run(simd);
        multiply_rows(simd, mixed, self.attention_output.weights(), E, self.attention_output.bias.as_slice(), y);
    }

    /// Any number of samples.
    pub(super) fn batch<const QUERIES: usize, const KEYS: usize, const B: usize>(
        &self,
        options: &MultiHeadAttentionOptions,
        io: Io<'_, T>,
        y: &mut [T],
        scratch: &mut AttentionScratch<T, QUERIES, KEYS, HEADS, KV, KEY, VALUE, B>,
        executor: &dyn Executor,
    ) {
        let count = y.len() / (QUERIES * E).max(1);
        let memory = scratch.first(count);
        self.forward_in(options, io, y, memory, Self::sizes(QUERIES, KEYS), None, executor);
    }

    /// A training step's forward pass.
    pub(super) fn train<const QUERIES: usize, const KEYS: usize, const B: usize>(
        &self,
        options: &MultiHeadAttentionOptions,
        io: Io<'_, T>,
        y: &mut [T],
        cache: &mut AttentionCache<T, QUERIES, KEYS, HEADS, KV, KEY, VALUE, B>,
        training: &Training<'_>,
    ) {
        let count = y.len() / (QUERIES * E).max(1);
        let (memory, dropped) = cache.forward(count);
        let dropout = (options.dropout > 0.0).then_some((training, dropped));
        self.forward_in(options, io, y, memory, Self::sizes(QUERIES, KEYS), dropout, training.executor);
    }

    /// The forward pass of a batch. `memory` is as [`AttentionScratch::first`] tells.
    #[allow(clippy::too_many_arguments, reason = "what all forms of a forward pass share")]
    fn forward_in(
        &self,
        options: &MultiHeadAttentionOptions,
        io: Io<'_, T>,
        y: &mut [T],
        memory: [&mut [T]; 6],
        sizes: Sizes,
        dropout: Option<(&Training<'_>, &mut [T])>,
        executor: &dyn Executor,
    ) {
        let [query, key, value, mixed, transposed, weights] = memory;
        self.query.batch(executor, io.x, query);
        self.key.batch(executor, io.memory, key);
        self.value.batch(executor, io.memory, value);
        let (value, [q, k, v, m]) = (&*value, sizes.lens());
        let count = query.len() / q.max(1);
        let (training, dropped) = match dropout {
            Some((training, dropped)) => (Some(training), dropped),
            None => (None, &mut [][..]),
        };
        let all = [weights.len() / count.max(1), dropped.len() / count.max(1)];
        let lens = [q, k, m, sizes.keys * sizes.groups * sizes.key, all[0], all[1]];
        for_rows_of(executor, [query, key, &mut *mixed, transposed, weights, dropped], lens, 1, &|first, parts| {
            let [mut query, mut key, mut mixed, mut transposed, mut weights, mut dropped] = parts;
            for sample in first..first + query.len() / q.max(1) {
                let forward = Forward::<T, KEY> {
                    sizes,
                    options,
                    query: take(&mut query, lens[0]),
                    key: take(&mut key, lens[1]),
                    value: &value[sample * v..][..v],
                    ids: if io.ids.is_empty() { &[] } else { &io.ids[sample * sizes.keys..][..sizes.keys] },
                    transposed: take(&mut transposed, lens[3]),
                    weights: take(&mut weights, lens[4]),
                    mixed: take(&mut mixed, lens[2]),
                    dropout: training.map(|training| (Dropout { rate: options.dropout, random: training.random(sample) }, take(&mut dropped, lens[5]))),
                };
                dispatch(forward);
            }
        });
        let output = &self.attention_output;
        multiply_batch(executor, mixed, output.weights(), E, output.bias.as_slice(), y, &|_| ());
    }

    /// The backward pass.
    #[allow(clippy::too_many_arguments, reason = "what all forms of a backward pass share")]
    pub(super) fn back<const QUERIES: usize, const KEYS: usize, const B: usize>(
        &self,
        options: &MultiHeadAttentionOptions,
        io: Io<'_, T>,
        dy: &[T],
        slopes: Slopes<'_, T>,
        cache: &mut AttentionCache<T, QUERIES, KEYS, HEADS, KV, KEY, VALUE, B>,
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let executor = training.executor;
        let count = dy.len() / (QUERIES * E).max(1);
        let sizes = Self::sizes(QUERIES, KEYS);
        let ([query, key, value, mixed, weights], [d_mixed, values, scores, dropped, d_query, d_key, d_value]) = cache.backward(count);
        multiply_columns(executor, mixed, HEADS * VALUE, dy, E, flat_mut::<T, _>(&mut gradient.attention_output.kernel));
        if E_BIAS > 0 {
            add_bias_gradient(executor, dy, gradient.attention_output.bias.as_mut_slice());
        }
        multiply_transposed(executor, dy, self.attention_output.weights(), E, d_mixed);
        let ([q, k, v, m], d_mixed, plane) = (sizes.lens(), &*d_mixed, QUERIES * KEYS);
        let lens = [q, k, v, v, plane, plane];
        for_rows_of(executor, [&mut *d_query, &mut *d_key, &mut *d_value, values, scores, dropped], lens, 1, &|first, parts| {
            let [mut d_query, mut d_key, mut d_value, mut values, mut slopes, mut dropped] = parts;
            for sample in first..first + d_query.len() / q.max(1) {
                dispatch(Backward::<T, KEY> {
                    sample: Sample {
                        sizes,
                        query: &query[sample * q..][..q],
                        key: &key[sample * k..][..k],
                        value: &value[sample * v..][..v],
                        ids: &[],
                    },
                    options,
                    weights: &weights[sample * HEADS * plane..][..HEADS * plane],
                    d_mixed: &d_mixed[sample * m..][..m],
                    dropout: (options.dropout > 0.0).then(|| Dropout { rate: options.dropout, random: training.random(sample) }),
                    memory: Memory {
                        values: take(&mut values, v),
                        slopes: take(&mut slopes, plane),
                        dropped: take(&mut dropped, plane),
                        d_query: take(&mut d_query, q),
                        d_key: take(&mut d_key, k),
                        d_value: take(&mut d_value, v),
                    },
                });
            }
        });
        let Slopes { mut x, mut memory, two } = slopes;
        self.query.backward(executor, io.x, d_query, x.as_deref_mut(), false, &mut gradient.query);
        let to = if two { &mut memory } else { &mut x };
        self.key.backward(executor, io.memory, d_key, to.as_deref_mut(), !two, &mut gradient.key);
        self.value.backward(executor, io.memory, d_value, to.as_deref_mut(), true, &mut gradient.value);
    }
}
use generic;

/// The first `len` elements, which leave `from`.
fn take<'a, T>(from: &mut &'a mut [T], len: usize) -> &'a mut [T] {
    let (head, tail) = core::mem::take(from).split_at_mut(len);
    *from = tail;
    head
}

/// One sample forward, from the projections to the mixtures.
struct Forward<'a, T, const KEY: usize> {
    sizes: Sizes,
    options: &'a MultiHeadAttentionOptions,
    /// As projected; scaled and turned in place.
    query: &'a mut [T],
    key: &'a mut [T],
    value: &'a [T],
    ids: &'a [u32],
    transposed: &'a mut [T],
    weights: &'a mut [T],
    mixed: &'a mut [T],
    dropout: Option<(Dropout, &'a mut [T])>,
}

impl<T: Scalar, const KEY: usize> Kernel for Forward<'_, T, KEY> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { sizes, options, query, key, value, ids, transposed, weights, mixed, dropout } = self;
        if options.rotary {
            turn::<T, KEY>(false, sizes.heads, query);
            turn::<T, KEY>(false, sizes.groups, key);
        }
        scale::<T, KEY>(query);
        Sample { sizes, query, key, value, ids }.forward(simd, transposed, weights, dropout, mixed);
    }
}

/// One sample backward, from the gradient of the mixtures to those of the projections.
struct Backward<'a, T, const KEY: usize> {
    sample: Sample<'a, T>,
    options: &'a MultiHeadAttentionOptions,
    weights: &'a [T],
    d_mixed: &'a [T],
    dropout: Option<Dropout>,
    memory: Memory<'a, T>,
}

impl<T: Scalar, const KEY: usize> Kernel for Backward<'_, T, KEY> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { sample, options, weights, d_mixed, dropout, memory } = self;
        let Memory { values, slopes, dropped, d_query, d_key, d_value } = memory;
        let own = Memory { values, slopes, dropped, d_query: &mut *d_query, d_key: &mut *d_key, d_value };
        sample.backward(simd, weights, d_mixed, dropout, own);
        scale::<T, KEY>(d_query);
        if options.rotary {
            turn::<T, KEY>(true, sample.sizes.heads, d_query);
            turn::<T, KEY>(true, sample.sizes.groups, d_key);
        }
    }
}

/// Queries are divided by the root of their length, and so are their gradients.
#[inline(always)]
fn scale<T: Scalar, const KEY: usize>(values: &mut [T]) {
    let factor = T::from_f64(1.0 / libm::sqrt(KEY as f64));
    values.iter_mut().for_each(|x| *x *= factor);
}

/// Turns the heads of each step by its position.
#[inline(always)]
fn turn<T: Scalar, const KEY: usize>(back: bool, heads: usize, values: &mut [T]) {
    let mut angles = [SVector::<f64, KEY>::zeros(); 2];
    for step in values.chunks_exact_mut((heads * KEY).max(1)) {
        rotate(&angles, back, step);
        next(&mut angles);
    }
}
