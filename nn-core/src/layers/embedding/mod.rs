//! A table of vectors, looked up by token id.

use crate::initializer::{Fans, Initializer};
use crate::layer::{BadInput, Layer, Pass, Stream, Training};
use crate::memory::flat_mut;
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::{Seq, Tokens};
use crate::simd::Simd;
use nalgebra::SMatrix;

#[cfg(test)]
mod tests;

/// `VOCABULARY` vectors of `UNITS` values.
///
/// An id outside the vocabulary is refused before training starts. In inference, where nothing may fail, it gives a vector of NaN:
/// never another token's, never a panic.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct Embedding<T: Scalar, const VOCABULARY: usize, const UNITS: usize> {
    /// One column (in memory: one row) a token.
    #[parameter(kernel)]
    pub embeddings: SMatrix<T, UNITS, VOCABULARY>,
}

/// Options of [`Embedding`].
#[derive(Clone, Copy, Debug)]
pub struct EmbeddingOptions {
    /// How the vectors start. Default: uniform in -0.05..0.05.
    pub init: Initializer,
}

impl EmbeddingOptions {
    /// Keras's defaults.
    pub const DEFAULT: Self = Self { init: Initializer::Uniform(-0.05, 0.05) };
}

impl<T: Scalar, const VOCABULARY: usize, const UNITS: usize> Embedding<T, VOCABULARY, UNITS> {
    #[inline(always)]
    fn look_up<const N: usize>(&self, ids: &[u32; N], y: &mut [T]) {
        for (id, y) in ids.iter().zip(y.chunks_exact_mut(UNITS)) {
            match self.embeddings.as_slice().chunks_exact(UNITS).nth(*id as usize) {
                Some(row) => y.copy_from_slice(row),
                None => y.fill(T::NAN),
            }
        }
    }
}

impl<T: Scalar, const N: usize, const VOCABULARY: usize, const UNITS: usize> Layer<T, Tokens<N>, Seq<N, UNITS>>
    for Embedding<T, VOCABULARY, UNITS>
{
    type Options = EmbeddingOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    fn initialize(&mut self, options: &EmbeddingOptions, random: &mut dyn Source) {
        let values = flat_mut::<T, _>(core::slice::from_mut(&mut self.embeddings));
        options.init.fill(values, Fans::matrix(VOCABULARY, UNITS), random);
    }

    fn check(&self, _: &EmbeddingOptions, ids: &[u32; N]) -> Result<(), BadInput> {
        match ids.iter().position(|id| *id as usize >= VOCABULARY) {
            Some(place) => Err(BadInput { place, id: ids[place], vocabulary: VOCABULARY }),
            None => Ok(()),
        }
    }

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, _: S, _: &EmbeddingOptions, x: &[u32; N], y: &mut SMatrix<T, UNITS, N>, _: &mut ()) {
        self.look_up(x, y.as_mut_slice());
    }

    fn backward<const B: usize>(
        &self,
        _: &EmbeddingOptions,
        pass: Pass<'_, T, Tokens<N>, Seq<N, UNITS>>,
        _: &mut (),
        gradient: &mut Self,
        _: &Training<'_>,
    ) {
        for sample in pass.samples() {
            for (id, dy) in sample.x.iter().zip(sample.dy.as_slice().chunks_exact(UNITS)) {
                if let Some(row) = gradient.embeddings.as_mut_slice().chunks_exact_mut(UNITS).nth(*id as usize) {
                    for (sum, dy) in row.iter_mut().zip(dy) {
                        *sum += *dy;
                    }
                }
            }
        }
    }
}

impl<T: Scalar, const N: usize, const VOCABULARY: usize, const UNITS: usize> Stream<T, Tokens<N>, Seq<N, UNITS>>
    for Embedding<T, VOCABULARY, UNITS>
{
    #[inline(always)]
    fn advance<S: Simd>(&self, _: S, _: &EmbeddingOptions, x: &[u32; 1], y: &mut nalgebra::SVector<T, UNITS>, _: &mut (), _: &mut ()) {
        self.look_up(x, y.as_mut_slice());
    }
}
