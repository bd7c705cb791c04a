//! The forms of a decoder: with or without the ids that say what of its memory is padding.

use super::{DecoderCache, DecoderScratch, DecoderState, Memory, TransformerDecoder};
use crate::executor::Executor;
use crate::layer::{Layer, Pass, Stream, Training};
use crate::layers::transformer::TransformerOptions;
use crate::memory::{flat, flat_mut};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::{Flat, Seq, Shapes, Tokens, Whole};
use crate::simd::Simd;
use nalgebra::{SMatrix, SVector};

/// `Layer` for one form: the inputs, how the ids are read from a batch of them, and how the gradients are.
macro_rules! form {
    ($input:ty, |$x:ident| $ids:expr) => {
        impl<
            T: Scalar,
            const TIME: usize,
            const KEYS: usize,
            const E: usize,
            const M: usize,
            const HEADS: usize,
            const KEY: usize,
            const FFN: usize,
        > Layer<T, $input, Seq<TIME, E>> for TransformerDecoder<T, E, M, HEADS, KEY, FFN>
        {
            type Options = TransformerOptions;
            type Scratch<const B: usize> = DecoderScratch<T, TIME, KEYS, E, HEADS, KEY, FFN, B>;
            type State = DecoderState<T, TIME, KEYS, HEADS, KEY>;
            type Cache<const B: usize> = DecoderCache<T, TIME, KEYS, E, HEADS, KEY, FFN, B>;

            const MACS: u64 = Self::macs(TIME, KEYS);

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
                let memory = Memory { values: flat($x.1), ids: $ids };
                // Decoders in a row have large frames in an unoptimised build: let them not add up.
                simd.call(
                    #[inline(always)]
                    || self.one::<S, TIME, KEYS, B>(simd, options, flat($x.0), memory, y.as_mut_slice(), scratch),
                );
            }

            fn forward_batch<const B: usize>(
                &self,
                options: &TransformerOptions,
                $x: <$input as Shapes>::Batch<'_, T>,
                y: &mut [SMatrix<T, E, TIME>],
                scratch: &mut Self::Scratch<B>,
                executor: &dyn Executor,
            ) {
                let memory = Memory { values: flat($x.1), ids: $ids };
                self.batch::<TIME, KEYS, B>(options, flat($x.0), memory, flat_mut(y), scratch, executor);
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
                let memory = Memory { values: flat($x.1), ids: $ids };
                self.train::<TIME, KEYS, B>(options, $x.0, memory, y, cache, training);
            }

            fn backward<const B: usize>(
                &self,
                options: &TransformerOptions,
                pass: Pass<'_, T, $input, Seq<TIME, E>>,
                cache: &mut Self::Cache<B>,
                gradient: &mut Self,
                training: &Training<'_>,
            ) {
                let $x = pass.x;
                let memory = Memory { values: flat($x.1), ids: $ids };
                let slopes = (pass.dx.0, pass.dx.1.map(|dx| flat_mut(dx)));
                self.back::<TIME, KEYS, B>(options, $x.0, memory, pass.dy, slopes, cache, gradient, training);
            }
        }
    };
}
form!((Seq<TIME, E>, Seq<KEYS, M>), |x| &[]);
form!((Seq<TIME, E>, Seq<KEYS, M>, Tokens<KEYS>), |x| flat(x.2));

/// `Stream` of a decoder, whose memory is given whole: the inputs, what a step reads, and how.
macro_rules! stream {
    ($input:ty, $step:ty, $x:pat, $read:ty, $one:expr) => {
        impl<
            T: Scalar,
            const TIME: usize,
            const KEYS: usize,
            const E: usize,
            const M: usize,
            const HEADS: usize,
            const KEY: usize,
            const FFN: usize,
        > Stream<T, $input, Seq<TIME, E>, $step> for TransformerDecoder<T, E, M, HEADS, KEY, FFN>
        {
            #[inline(always)]
            fn advance<S: Simd>(
                &self,
                simd: S,
                options: &TransformerOptions,
                $x: $read,
                y: &mut SVector<T, E>,
                state: &mut DecoderState<T, TIME, KEYS, HEADS, KEY>,
                scratch: &mut DecoderScratch<T, TIME, KEYS, E, HEADS, KEY, FFN, 1>,
            ) {
                simd.call(
                    #[inline(always)]
                    || self.step(simd, options, $one, y, state, scratch),
                );
            }
        }
    };
}
stream!(
    (Seq<TIME, E>, Seq<KEYS, M>),
    (Flat<E>, Whole<Seq<KEYS, M>>),
    (x, memory),
    (&SVector<T, E>, &SMatrix<T, M, KEYS>),
    (x, Memory { values: memory.as_slice(), ids: &[] })
);
stream!(
    (Seq<TIME, E>, Seq<KEYS, M>, Tokens<KEYS>),
    (Flat<E>, Whole<Seq<KEYS, M>>, Whole<Tokens<KEYS>>),
    (x, memory, ids),
    (&SVector<T, E>, &SMatrix<T, M, KEYS>, &[u32; KEYS]),
    (x, Memory { values: memory.as_slice(), ids })
);
