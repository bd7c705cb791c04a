//! An embedding the other way: how well each of its vectors answers (Press and Wolf 2017).
//!
//! It is a second layer of the type [`Embedding`], and in a network a second use of the same table: both add to one gradient.

use super::embedding::{Embedding, EmbeddingOptions};
use crate::executor::Executor;
use crate::kernels::{multiply_along, multiply_along_batch, multiply_batch, multiply_columns};
use crate::layer::{Layer, Pass, Stream, Training};
use crate::scalar::Scalar;
use crate::shape::{LastAxis, Shape};
use crate::simd::Simd;

#[cfg(test)]
mod tests;

/// `y = x embeddings'`, along the last axis: an inner product with each vector of the table.
impl<T: Scalar, I, O, const VOCABULARY: usize, const UNITS: usize> Layer<T, I, O> for Embedding<T, VOCABULARY, UNITS>
where
    I: LastAxis<UNITS>,
    O: LastAxis<VOCABULARY>,
{
    type Options = EmbeddingOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    const MACS: u64 = (I::DIMS.elements() as u64).saturating_mul(VOCABULARY as u64);

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, simd: S, _: &EmbeddingOptions, x: &I::Array<T>, y: &mut O::Array<T>, _: &mut ()) {
        let (x, y) = (I::scalars::<T>(core::slice::from_ref(x)), O::scalars_mut::<T>(core::slice::from_mut(y)));
        multiply_along(simd, x, self.embeddings.as_slice(), UNITS, y);
    }

    fn forward_batch<const B: usize>(
        &self,
        _: &EmbeddingOptions,
        x: &[I::Array<T>],
        y: &mut [O::Array<T>],
        _: &mut (),
        executor: &dyn Executor,
    ) {
        multiply_along_batch(executor, I::scalars::<T>(x), self.embeddings.as_slice(), UNITS, O::scalars_mut::<T>(y));
    }

    fn backward<const B: usize>(
        &self,
        _: &EmbeddingOptions,
        pass: Pass<'_, T, I, O>,
        _: &mut (),
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let (x, dy) = (I::scalars::<T>(pass.x), O::scalars::<T>(pass.dy));
        multiply_columns(training.executor, dy, VOCABULARY, x, UNITS, gradient.embeddings.as_mut_slice());
        if let Some(dx) = pass.dx {
            let dx = I::scalars_mut::<T>(dx);
            multiply_batch(training.executor, dy, self.embeddings.as_slice(), UNITS, &[], dx, &|_| ());
        }
    }
}

impl<T: Scalar, I, O, const VOCABULARY: usize, const UNITS: usize> Stream<T, I, O> for Embedding<T, VOCABULARY, UNITS>
where
    I: LastAxis<UNITS>,
    O: LastAxis<VOCABULARY>,
    I::Frame: LastAxis<UNITS>,
    O::Frame: LastAxis<VOCABULARY>,
{
    #[inline(always)]
    fn advance<S: Simd>(
        &self,
        simd: S,
        options: &EmbeddingOptions,
        x: &<I::Frame as Shape>::Array<T>,
        y: &mut <O::Frame as Shape>::Array<T>,
        _: &mut (),
        scratch: &mut (),
    ) {
        Layer::<T, I::Frame, O::Frame>::forward::<S, 1>(self, simd, options, x, y, scratch);
    }
}
