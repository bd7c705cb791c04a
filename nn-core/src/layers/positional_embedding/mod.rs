//! Learned positions.

use crate::executor::for_rows;
use crate::initializer::{Fans, Initializer};
use crate::kernels::sum_columns;
use crate::layer::{Layer, Pass, Stream, Training};
use crate::memory::{flat, flat_mut};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::Seq;
use crate::simd::Simd;
use nalgebra::{SMatrix, SVector};

#[cfg(test)]
mod tests;

/// Adds to step `t` of a sequence the vector number `t` of a learned table of `LENGTH`.
///
/// A stream that goes on after `LENGTH` steps stays at the last vector.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct PositionalEmbedding<T: Scalar, const LENGTH: usize, const F: usize> {
    /// One column (in memory: one row) a position.
    #[parameter(kernel)]
    pub position_embeddings: SMatrix<T, F, LENGTH>,
}

/// Options of [`PositionalEmbedding`].
#[derive(Clone, Copy, Debug)]
pub struct PositionalEmbeddingOptions {
    /// How the vectors start. Default: [`Initializer::GlorotUniform`].
    pub init: Initializer,
}

impl PositionalEmbeddingOptions {
    /// KerasHub's defaults.
    pub const DEFAULT: Self = Self { init: Initializer::GlorotUniform };
}

#[inline(always)]
fn add<T: Scalar>(x: &[T], table: &[T], y: &mut [T]) {
    for ((y, x), position) in y.iter_mut().zip(x).zip(table) {
        *y = *x + *position;
    }
}

impl<T: Scalar, const TIME: usize, const LENGTH: usize, const F: usize> Layer<T, Seq<TIME, F>, Seq<TIME, F>>
    for PositionalEmbedding<T, LENGTH, F>
{
    type Options = PositionalEmbeddingOptions;
    type Scratch<const B: usize> = ();
    /// The position, as far as `LENGTH`.
    type State = u32;
    type Cache<const B: usize> = ();

    fn initialize(&mut self, options: &PositionalEmbeddingOptions, random: &mut dyn Source) {
        options.init.fill(self.position_embeddings.as_mut_slice(), Fans::matrix(LENGTH, F), random);
    }

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(
        &self,
        _: S,
        _: &PositionalEmbeddingOptions,
        x: &SMatrix<T, F, TIME>,
        y: &mut SMatrix<T, F, TIME>,
        _: &mut (),
    ) {
        add(x.as_slice(), self.position_embeddings.as_slice(), y.as_mut_slice());
    }

    fn backward<const B: usize>(
        &self,
        _: &PositionalEmbeddingOptions,
        pass: Pass<'_, T, Seq<TIME, F>, Seq<TIME, F>>,
        _: &mut (),
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let dy = flat::<T, _>(&*pass.dy);
        let used = &mut gradient.position_embeddings.as_mut_slice()[..TIME * F];
        sum_columns(training.executor, dy, dy, [used], &|dy, _, _| [dy], &|to, sum| *to += sum);
        if let Some(dx) = pass.dx {
            for_rows(training.executor, flat_mut::<T, _>(dx), TIME * F, 1, &|first, dx| {
                dx.copy_from_slice(&dy[first * TIME * F..][..dx.len()]);
            });
        }
    }
}

impl<T: Scalar, const TIME: usize, const LENGTH: usize, const F: usize> Stream<T, Seq<TIME, F>, Seq<TIME, F>>
    for PositionalEmbedding<T, LENGTH, F>
{
    #[inline(always)]
    fn advance<S: Simd>(
        &self,
        _: S,
        _: &PositionalEmbeddingOptions,
        x: &SVector<T, F>,
        y: &mut SVector<T, F>,
        position: &mut u32,
        _: &mut (),
    ) {
        let last = LENGTH.saturating_sub(1);
        let at = (*position as usize).min(last);
        add(x.as_slice(), self.position_embeddings.as_slice().get(at * F..).unwrap_or_default(), y.as_mut_slice());
        *position = (at + 1).min(last) as u32;
    }
}
