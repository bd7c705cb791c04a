//! Arrays as the steps they are made of.

use super::{Image, Real, Seq, Shape};
use crate::memory::{Zeroable, columns, columns_mut};
use crate::scalar::Scalar;

/// A shape with a first axis to go along: a sequence of vectors, an image of rows.
pub trait Timed: Real<Frame: Real> {
    /// The number of steps.
    const STEPS: usize;
    /// Something for each step.
    type Each<A: Zeroable>: Zeroable;
    /// What there is for each step.
    fn each<A: Zeroable>(each: &Self::Each<A>) -> &[A];
    /// What there is for each step, for writing.
    fn each_mut<A: Zeroable>(each: &mut Self::Each<A>) -> &mut [A];
    /// The steps of a batch, those of the first sample first.
    fn steps<T: Scalar>(batch: &[Self::Array<T>]) -> &[<Self::Frame as Shape>::Array<T>];
    /// The steps of a batch, for writing.
    fn steps_mut<T: Scalar>(batch: &mut [Self::Array<T>]) -> &mut [<Self::Frame as Shape>::Array<T>];
}

macro_rules! each {
    ($steps:ident) => {
        const STEPS: usize = $steps;
        type Each<A: Zeroable> = [A; $steps];
        #[inline(always)]
        fn each<A: Zeroable>(each: &[A; $steps]) -> &[A] {
            each
        }
        #[inline(always)]
        fn each_mut<A: Zeroable>(each: &mut [A; $steps]) -> &mut [A] {
            each
        }
    };
}

impl<const TIME: usize, const F: usize> Timed for Seq<TIME, F> {
    each!(TIME);
    #[inline(always)]
    fn steps<T: Scalar>(batch: &[Self::Array<T>]) -> &[<Self::Frame as Shape>::Array<T>] {
        columns(batch)
    }
    #[inline(always)]
    fn steps_mut<T: Scalar>(batch: &mut [Self::Array<T>]) -> &mut [<Self::Frame as Shape>::Array<T>] {
        columns_mut(batch)
    }
}

impl<const H: usize, const W: usize, const C: usize> Timed for Image<H, W, C> {
    each!(H);
    #[inline(always)]
    fn steps<T: Scalar>(batch: &[Self::Array<T>]) -> &[<Self::Frame as Shape>::Array<T>] {
        batch.as_flattened()
    }
    #[inline(always)]
    fn steps_mut<T: Scalar>(batch: &mut [Self::Array<T>]) -> &mut [<Self::Frame as Shape>::Array<T>] {
        batch.as_flattened_mut()
    }
}
