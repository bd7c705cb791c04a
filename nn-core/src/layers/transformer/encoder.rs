//! Self-attention and two dense layers.

use super::TransformerOptions;
use super::around::{AroundCache, Sequence};
use super::feed_forward::{FeedForward, FeedForwardCache};
use crate::executor::Executor;
use crate::kernels::cut_mut;
use crate::layer::{Layer, Pass, Stream, Training};
use crate::layers::dense::{Dense, DenseOptions};
use crate::layers::layer_norm::LayerNorm;
use crate::layers::multi_head_attention::{AttentionCache, AttentionScratch, AttentionState, Io, MultiHeadAttention, Slopes};
use crate::memory::{Zeroable, flat, flat_mut};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::{Flat, Seq, Shapes, Tokens};
use crate::simd::Simd;
use nalgebra::{SMatrix, SVector};

/// Self-attention of `HEADS` heads of length `KEY`, then two dense layers with `FFN` hidden features, on `E` features. With `CAUSAL` 1
/// no step sees later ones, and the block can stream, as [`MultiHeadAttention`] does.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct TransformerEncoder<T: Scalar, const E: usize, const HEADS: usize, const KEY: usize, const FFN: usize, const CAUSAL: usize> {
    /// The attention.
    pub self_attention: MultiHeadAttention<T, E, E, HEADS, HEADS, KEY, KEY, HEADS, HEADS, E, CAUSAL>,
    /// Its norm.
    pub self_attention_norm: LayerNorm<T, E>,
    /// The first dense layer.
    pub feedforward_intermediate: Dense<T, E, FFN>,
    /// The second one.
    pub feedforward_output: Dense<T, FFN, E>,
    /// Their norm.
    pub feedforward_norm: LayerNorm<T, E>,
}

/// The memory of a prediction.
pub struct EncoderScratch<
    T: Scalar,
    const TIME: usize,
    const E: usize,
    const HEADS: usize,
    const KEY: usize,
    const FFN: usize,
    const B: usize,
> {
    attention: AttentionScratch<T, TIME, TIME, HEADS, HEADS, KEY, KEY, B>,
    middle: [Sequence<T, TIME, E>; B],
    between: [Sequence<T, TIME, E>; B],
    hidden: [SMatrix<T, FFN, TIME>; B],
}

/// The memory of a training step.
pub struct EncoderCache<
    T: Scalar,
    const TIME: usize,
    const E: usize,
    const HEADS: usize,
    const KEY: usize,
    const FFN: usize,
    const B: usize,
> {
    attention: AttentionCache<T, TIME, TIME, HEADS, HEADS, KEY, KEY, B>,
    around_attention: AroundCache<T, TIME, E, B>,
    /// What the attention with its norm gives, and its gradient.
    between: [Sequence<T, TIME, E>; B],
    d_between: [Sequence<T, TIME, E>; B],
    feedforward: FeedForwardCache<T, TIME, FFN, B>,
    around_feedforward: AroundCache<T, TIME, E, B>,
    /// The gradient of the input where nobody asks for it.
    spare: [Sequence<T, TIME, E>; B],
}

macro_rules! zeroable {
    ($name:ident, $any_bits:expr) => {
        // SAFETY: arrays of matrices of scalars, and memory that is zeroable itself.
        unsafe impl<T: Scalar, const TIME: usize, const E: usize, const HEADS: usize, const KEY: usize, const FFN: usize, const B: usize>
            Zeroable for $name<T, TIME, E, HEADS, KEY, FFN, B>
        {
            const ANY_BITS: bool = $any_bits;
        }
    };
}
// All of it is runs of one scalar: without padding.
zeroable!(EncoderScratch, T::ANY_BITS);
zeroable!(EncoderCache, false);

impl<T: Scalar, const E: usize, const HEADS: usize, const KEY: usize, const FFN: usize, const CAUSAL: usize>
    TransformerEncoder<T, E, HEADS, KEY, FFN, CAUSAL>
{
    fn start(&mut self, options: &TransformerOptions, random: &mut dyn Source) {
        let dense = DenseOptions { init: options.init, ..DenseOptions::DEFAULT };
        self.self_attention.start(&options.attention(options.rotary), random);
        Layer::<T, Flat<E>, Flat<FFN>>::initialize(&mut self.feedforward_intermediate, &dense, random);
        Layer::<T, Flat<FFN>, Flat<E>>::initialize(&mut self.feedforward_output, &dense, random);
        self.self_attention_norm.gamma.as_mut_slice().fill(T::ONE);
        self.feedforward_norm.gamma.as_mut_slice().fill(T::ONE);
    }

    #[inline(always)]
    fn feedforward(&self, options: &TransformerOptions) -> FeedForward<'_, T, E, FFN> {
        FeedForward { intermediate: &self.feedforward_intermediate, output: &self.feedforward_output, activation: options.activation }
    }

    const fn macs(time: usize) -> u64 {
        let attention = MultiHeadAttention::<T, E, E, HEADS, HEADS, KEY, KEY, HEADS, HEADS, E, CAUSAL>::macs(time, time);
        attention + (time * 2 * E * (FFN + 1)) as u64
    }

    #[inline(always)]
    fn one<S: Simd, const TIME: usize, const B: usize>(
        &self,
        simd: S,
        options: &TransformerOptions,
        x: &[T],
        ids: &[u32],
        y: &mut [T],
        scratch: &mut EncoderScratch<T, TIME, E, HEADS, KEY, FFN, B>,
    ) {
        let EncoderScratch { attention, middle, between, hidden } = scratch;
        let middle = flat_mut::<T, _>(middle.get_mut(..1).unwrap_or_default());
        let between = flat_mut::<T, _>(between.get_mut(..1).unwrap_or_default());
        let hidden = flat_mut::<T, _>(hidden.get_mut(..1).unwrap_or_default());
        let own = options.attention(options.rotary);
        options.around(&self.self_attention_norm).one(
            simd,
            x,
            between,
            middle,
            #[inline(always)]
            |x, y| self.self_attention.one::<S, TIME, TIME, B>(simd, &own, Io { x, memory: x, ids }, y, attention),
        );
        options.around(&self.feedforward_norm).one(
            simd,
            between,
            y,
            middle,
            #[inline(always)]
            |x, y| self.feedforward(options).one(simd, x, y, hidden),
        );
    }

    fn batch<const TIME: usize, const B: usize>(
        &self,
        options: &TransformerOptions,
        x: &[T],
        ids: &[u32],
        y: &mut [T],
        scratch: &mut EncoderScratch<T, TIME, E, HEADS, KEY, FFN, B>,
        executor: &dyn Executor,
    ) {
        let count = y.len() / (TIME * E).max(1);
        let EncoderScratch { attention, middle, between, hidden } = scratch;
        let (middle, between) = (flat_mut::<T, _>(&mut middle[..count]), flat_mut::<T, _>(&mut between[..count]));
        let (hidden, own) = (flat_mut::<T, _>(&mut hidden[..count]), options.attention(options.rotary));
        options.around(&self.self_attention_norm).batch(executor, x, between, middle, |x, y| {
            self.self_attention.batch::<TIME, TIME, B>(&own, Io { x, memory: x, ids }, y, attention, executor);
        });
        options.around(&self.feedforward_norm).batch(executor, between, y, middle, |x, y| {
            self.feedforward(options).batch(executor, x, y, hidden);
        });
    }

    fn train<const TIME: usize, const B: usize>(
        &self,
        options: &TransformerOptions,
        x: &[Sequence<T, TIME, E>],
        ids: &[u32],
        y: &mut [Sequence<T, TIME, E>],
        cache: &mut EncoderCache<T, TIME, E, HEADS, KEY, FFN, B>,
        training: &Training<'_>,
    ) {
        let EncoderCache { attention, around_attention, between, feedforward, around_feedforward, .. } = cache;
        let (between, own) = (&mut between[..x.len()], options.attention(options.rotary));
        let around = options.around(&self.self_attention_norm);
        around.train::<TIME, B>(x, between, around_attention, &training.layer(0), |x, y| {
            let io = Io { x: flat(x), memory: flat(x), ids };
            self.self_attention.train::<TIME, TIME, B>(&own, io, flat_mut(y), attention, &training.layer(1));
        });
        let around = options.around(&self.feedforward_norm);
        around.train::<TIME, B>(between, y, around_feedforward, &training.layer(2), |x, y| {
            self.feedforward(options).train::<TIME, B>(training.executor, flat(x), flat_mut(y), feedforward);
        });
    }

    #[allow(clippy::too_many_arguments, reason = "what a pass reads and writes")]
    fn back<const TIME: usize, const B: usize>(
        &self,
        options: &TransformerOptions,
        x: &[Sequence<T, TIME, E>],
        ids: &[u32],
        dy: &mut [Sequence<T, TIME, E>],
        dx: Option<&mut [Sequence<T, TIME, E>]>,
        cache: &mut EncoderCache<T, TIME, E, HEADS, KEY, FFN, B>,
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let EncoderCache { attention, around_attention, between, d_between, feedforward, around_feedforward, spare } = cache;
        let (between, d_between) = (&between[..x.len()], &mut d_between[..x.len()]);
        let dx = dx.unwrap_or(&mut spare[..x.len()]);
        let own = options.attention(options.rotary);
        let Self { self_attention, self_attention_norm, feedforward_intermediate, feedforward_output, feedforward_norm } = gradient;
        let around = options.around(&self.feedforward_norm);
        around.backward::<TIME, B>(between, dy, d_between, around_feedforward, feedforward_norm, &training.layer(2), |x, dy, dx| {
            let gradients = (feedforward_intermediate, feedforward_output);
            let part = self.feedforward(options);
            part.backward::<TIME, B>(training.executor, flat(x), flat(dy), flat_mut(dx), feedforward, gradients);
        });
        let around = options.around(&self.self_attention_norm);
        around.backward::<TIME, B>(x, d_between, dx, around_attention, self_attention_norm, &training.layer(0), |x, dy, dx| {
            let io = Io { x: flat(x), memory: flat(x), ids };
            let slopes = Slopes { x: Some(flat_mut(dx)), memory: None, two: false };
            let part = &self.self_attention;
            part.back::<TIME, TIME, B>(&own, io, flat(dy), slopes, attention, self_attention, &training.layer(1));
        });
    }
}

/// `Layer` for one form: the inputs, and how sequence and ids are read from a batch of them, and the gradient of the sequence.
macro_rules! form {
    ($input:ty, |$x:ident| $sequence:expr, $ids:expr, |$dx:ident| $gradient:expr) => {
        impl<T: Scalar, const TIME: usize, const E: usize, const HEADS: usize, const KEY: usize, const FFN: usize, const CAUSAL: usize>
            Layer<T, $input, Seq<TIME, E>> for TransformerEncoder<T, E, HEADS, KEY, FFN, CAUSAL>
        {
            type Options = TransformerOptions;
            type Scratch<const B: usize> = EncoderScratch<T, TIME, E, HEADS, KEY, FFN, B>;
            type State = AttentionState<T, TIME, HEADS, KEY, KEY>;
            type Cache<const B: usize> = EncoderCache<T, TIME, E, HEADS, KEY, FFN, B>;

            const MACS: u64 = Self::macs(TIME);

            fn initialize(&mut self, options: &TransformerOptions, random: &mut dyn Source) {
                self.start(options, random);
            }

            #[inline(always)]
            fn forward<S: Simd, const B: usize>(
                &self,
                simd: S,
                options: &TransformerOptions,
                x: <$input as Shapes>::Ref<'_, T>,
                y: &mut SMatrix<T, E, TIME>,
                scratch: &mut Self::Scratch<B>,
            ) {
                let $x = <$input as Shapes>::one::<T>(x);
                self.one::<S, TIME, B>(simd, options, flat($sequence), $ids, y.as_mut_slice(), scratch);
            }

            fn forward_batch<const B: usize>(
                &self,
                options: &TransformerOptions,
                $x: <$input as Shapes>::Batch<'_, T>,
                y: &mut [SMatrix<T, E, TIME>],
                scratch: &mut Self::Scratch<B>,
                executor: &dyn Executor,
            ) {
                self.batch::<TIME, B>(options, flat($sequence), $ids, flat_mut(y), scratch, executor);
            }

            fn forward_train<const B: usize>(
                &self,
                options: &TransformerOptions,
                $x: <$input as Shapes>::Batch<'_, T>,
                y: &mut [SMatrix<T, E, TIME>],
                cache: &mut Self::Cache<B>,
                _: &mut Self::Scratch<B>,
                training: &Training<'_>,
            ) {
                self.train::<TIME, B>(options, $sequence, $ids, y, cache, training);
            }

            fn backward<const B: usize>(
                &self,
                options: &TransformerOptions,
                pass: Pass<'_, T, $input, Seq<TIME, E>>,
                cache: &mut Self::Cache<B>,
                gradient: &mut Self,
                training: &Training<'_>,
            ) {
                let ($x, $dx) = (pass.x, pass.dx);
                self.back::<TIME, B>(options, $sequence, $ids, pass.dy, $gradient, cache, gradient, training);
            }
        }
    };
}
form!(Seq<TIME, E>, |x| x, &[], |dx| dx);
form!((Seq<TIME, E>, Tokens<TIME>), |x| x.0, flat(x.1), |dx| dx.0);

impl<T: Scalar, const E: usize, const HEADS: usize, const KEY: usize, const FFN: usize> TransformerEncoder<T, E, HEADS, KEY, FFN, 1> {
    #[inline(always)]
    fn step<S: Simd, const TIME: usize>(
        &self,
        simd: S,
        options: &TransformerOptions,
        (x, id): (&SVector<T, E>, Option<u32>),
        y: &mut SVector<T, E>,
        state: &mut AttentionState<T, TIME, HEADS, KEY, KEY>,
        scratch: &mut EncoderScratch<T, TIME, E, HEADS, KEY, FFN, 1>,
    ) {
        let EncoderScratch { attention, middle, between, hidden } = scratch;
        let (middle, between) = (cut_mut(flat_mut::<T, _>(middle), 0, E), cut_mut(flat_mut::<T, _>(between), 0, E));
        let (hidden, own) = (cut_mut(flat_mut::<T, _>(hidden), 0, FFN), options.attention(options.rotary));
        options.around(&self.self_attention_norm).one(
            simd,
            x.as_slice(),
            between,
            middle,
            #[inline(always)]
            |x, y| self.self_attention.step(simd, &own, (x, id), y, state, attention),
        );
        options.around(&self.feedforward_norm).one(
            simd,
            between,
            y.as_mut_slice(),
            middle,
            #[inline(always)]
            |x, y| self.feedforward(options).one(simd, x, y, hidden),
        );
    }
}

/// `Stream` of a causal encoder: the inputs, and how a step is read.
macro_rules! stream {
    ($input:ty, $x:pat, $frame:ty, $step:expr) => {
        impl<T: Scalar, const TIME: usize, const E: usize, const HEADS: usize, const KEY: usize, const FFN: usize>
            Stream<T, $input, Seq<TIME, E>> for TransformerEncoder<T, E, HEADS, KEY, FFN, 1>
        {
            #[inline(always)]
            fn advance<S: Simd>(
                &self,
                simd: S,
                options: &TransformerOptions,
                $x: $frame,
                y: &mut SVector<T, E>,
                state: &mut AttentionState<T, TIME, HEADS, KEY, KEY>,
                scratch: &mut EncoderScratch<T, TIME, E, HEADS, KEY, FFN, 1>,
            ) {
                self.step(simd, options, $step, y, state, scratch);
            }
        }
    };
}
stream!(Seq<TIME, E>, x, &SVector<T, E>, (x, None));
stream!((Seq<TIME, E>, Tokens<TIME>), (x, [id]), (&SVector<T, E>, &[u32; 1]), (x, Some(*id)));
