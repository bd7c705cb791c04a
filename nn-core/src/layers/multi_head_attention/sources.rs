//! The forms of an attention: of a sequence to itself or to another, with or without the ids that say what is padding.

use super::{AttentionCache, AttentionScratch, AttentionState, Io, MultiHeadAttention, MultiHeadAttentionOptions, Slopes};
use crate::executor::Executor;
use crate::layer::{Layer, Pass, Training};
use crate::memory::{flat, flat_mut};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::{Seq, Shapes, Tokens};
use crate::simd::Simd;
use nalgebra::SMatrix;

/// `Layer` for one form: the features of the memory, the steps of the memory, further constants, the inputs, what a stream carries,
/// how a batch is read and how gradients are.
macro_rules! form {
    (
        $m:ident, $keys:ident, [$($more:ident),*], $input:ty, $state:ty,
        |$x:ident| $io:expr,
        |$dx:ident| $slopes:expr
    ) => {
        impl<
            T: Scalar,
            const TIME: usize,
            $(const $more: usize,)*
            const E: usize,
            const HEADS: usize,
            const KV: usize,
            const KEY: usize,
            const VALUE: usize,
            const HEADS_BIAS: usize,
            const KV_BIAS: usize,
            const E_BIAS: usize,
            const CAUSAL: usize,
        > Layer<T, $input, Seq<TIME, E>>
            for MultiHeadAttention<T, E, $m, HEADS, KV, KEY, VALUE, HEADS_BIAS, KV_BIAS, E_BIAS, CAUSAL>
        {
            type Options = MultiHeadAttentionOptions;
            type Scratch<const B: usize> = AttentionScratch<T, TIME, $keys, HEADS, KV, KEY, VALUE, B>;
            type State = $state;
            type Cache<const B: usize> = AttentionCache<T, TIME, $keys, HEADS, KV, KEY, VALUE, B>;

            const MACS: u64 = Self::macs(TIME, $keys);

            fn initialize(&mut self, options: &MultiHeadAttentionOptions, random: &mut dyn Source) {
                self.start(options, random);
            }

            #[inline(always)]
            fn forward<S: Simd, const B: usize>(
                &self,
                simd: S,
                options: &MultiHeadAttentionOptions,
                x: <$input as Shapes>::Ref<'_, T>,
                y: &mut SMatrix<T, E, TIME>,
                scratch: &mut Self::Scratch<B>,
            ) {
                let $x = <$input as Shapes>::one::<T>(x);
                self.one::<S, TIME, $keys, B>(simd, options, $io, y.as_mut_slice(), scratch);
            }

            fn forward_batch<const B: usize>(
                &self,
                options: &MultiHeadAttentionOptions,
                $x: <$input as Shapes>::Batch<'_, T>,
                y: &mut [SMatrix<T, E, TIME>],
                scratch: &mut Self::Scratch<B>,
                executor: &dyn Executor,
            ) {
                self.batch::<TIME, $keys, B>(options, $io, flat_mut(y), scratch, executor);
            }

            fn forward_train<const B: usize>(
                &self,
                options: &MultiHeadAttentionOptions,
                $x: <$input as Shapes>::Batch<'_, T>,
                y: &mut [SMatrix<T, E, TIME>],
                cache: &mut Self::Cache<B>,
                _: &mut Self::Scratch<B>,
                training: &Training<'_>,
            ) {
                self.train::<TIME, $keys, B>(options, $io, flat_mut(y), cache, training);
            }

            fn backward<const B: usize>(
                &self,
                options: &MultiHeadAttentionOptions,
                pass: Pass<'_, T, $input, Seq<TIME, E>>,
                cache: &mut Self::Cache<B>,
                gradient: &mut Self,
                training: &Training<'_>,
            ) {
                let ($x, $dx) = (pass.x, pass.dx);
                self.back::<TIME, $keys, B>(options, $io, flat(&*pass.dy), $slopes, cache, gradient, training);
            }
        }
    };
}

form!(
    E, TIME, [], Seq<TIME, E>, AttentionState<T, TIME, KV, KEY, VALUE>,
    |x| Io { x: flat(x), memory: flat(x), ids: &[] },
    |dx| Slopes { x: dx.map(|dx| flat_mut(dx)), memory: None, two: false }
);
form!(
    E, TIME, [], (Seq<TIME, E>, Tokens<TIME>), AttentionState<T, TIME, KV, KEY, VALUE>,
    |x| Io { x: flat(x.0), memory: flat(x.0), ids: flat(x.1) },
    |dx| Slopes { x: dx.0.map(|dx| flat_mut(dx)), memory: None, two: false }
);
form!(M, KEYS, [KEYS, M], (Seq<TIME, E>, Seq<KEYS, M>), AttentionState<T, KEYS, KV, KEY, VALUE>, |x| Io { x: flat(x.0), memory: flat(x.1), ids: &[] }, |dx| Slopes {
    x: dx.0.map(|dx| flat_mut(dx)),
    memory: dx.1.map(|dx| flat_mut(dx)),
    two: true
});
form!(
    M,
    KEYS,
    [KEYS, M],
    (Seq<TIME, E>, Seq<KEYS, M>, Tokens<KEYS>),
    AttentionState<T, KEYS, KV, KEY, VALUE>,
    |x| Io { x: flat(x.0), memory: flat(x.1), ids: flat(x.2) },
    |dx| Slopes { x: dx.0.map(|dx| flat_mut(dx)), memory: dx.1.map(|dx| flat_mut(dx)), two: true }
);
