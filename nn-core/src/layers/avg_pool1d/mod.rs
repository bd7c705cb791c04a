//! The mean of each window of a sequence.

use super::avg_pool2d::{means, shares};
use super::parameterless;
use super::pool::Pool1dOptions;
use crate::executor::Executor;
use crate::layer::{Layer, Pass, Training, each_sample};
use crate::memory::{flat, flat_mut};
use crate::scalar::Scalar;
use crate::shape::{Seq, Shape};
use crate::simd::Simd;
use nalgebra::SMatrix;

#[cfg(test)]
mod tests;

parameterless!(
    /// `[time, features]` to the mean of each feature in each window.
    AvgPool1d
);

impl<T: Scalar, const TIME: usize, const F: usize, const OUTPUTS: usize> Layer<T, Seq<TIME, F>, Seq<OUTPUTS, F>> for AvgPool1d {
    type Options = Pool1dOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(
        &self,
        simd: S,
        options: &Pool1dOptions,
        x: &SMatrix<T, F, TIME>,
        y: &mut SMatrix<T, F, OUTPUTS>,
        _: &mut (),
    ) {
        let windows = options.windows(Seq::<TIME, F>::DIMS, Seq::<OUTPUTS, F>::DIMS);
        means(simd, &windows, options.count_padding, x.as_slice(), y.as_mut_slice());
    }

    fn forward_batch<const B: usize>(
        &self,
        options: &Pool1dOptions,
        x: &[SMatrix<T, F, TIME>],
        y: &mut [SMatrix<T, F, OUTPUTS>],
        _: &mut (),
        executor: &dyn Executor,
    ) {
        each_sample::<T, Seq<TIME, F>, Seq<OUTPUTS, F>, Self, B>(self, options, x, y, executor);
    }

    fn backward<const B: usize>(
        &self,
        options: &Pool1dOptions,
        pass: Pass<'_, T, Seq<TIME, F>, Seq<OUTPUTS, F>>,
        _: &mut (),
        _: &mut Self,
        training: &Training<'_>,
    ) {
        let Some(dx) = pass.dx else { return };
        let windows = options.windows(Seq::<TIME, F>::DIMS, Seq::<OUTPUTS, F>::DIMS);
        shares(training.executor, &windows, options.count_padding, flat::<T, _>(pass.dy), flat_mut(dx));
    }
}
