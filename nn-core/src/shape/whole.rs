//! A shape that a stream does not cut into steps.

use super::{Dims, Shape};
use crate::scalar::Scalar;
use core::marker::PhantomData;

/// All of `S`, also in a stream: what a step reads of a value that stands still, as the memory of an attention does.
#[derive(Clone, Copy, Debug)]
pub struct Whole<S>(PhantomData<S>);

impl<S: Shape> Shape for Whole<S> {
    type Array<T: Scalar> = S::Array<T>;
    type Frame = Self;
    const DIMS: Dims = S::DIMS;
    fn numbers<T: Scalar>(batch: &[Self::Array<T>]) -> &[T] {
        S::numbers(batch)
    }
    fn scale<T: Scalar>(batch: &mut [Self::Array<T>], factor: T) {
        S::scale(batch, factor);
    }
}
