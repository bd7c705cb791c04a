//! Shapes as types: [`Flat`], [`Seq`], [`Image`], [`Tokens`], and what a layer reads and writes in terms of them.

mod kinds;
mod merged;
mod several;
mod timed;
mod whole;

pub use kinds::{Flat, Image, Rank, Select, Seq, ShapeOf, Tokens};
pub use merged::{Alike, Merged};
pub use nn_shape::Dims;
pub use timed::Timed;
pub use whole::Whole;

use crate::memory::{Plain, Zeroable};
use crate::scalar::Scalar;

/// The shape of one array: a type without values.
pub trait Shape: Copy + Send + Sync + 'static {
    /// The array of this shape: contiguous, last axis fastest.
    type Array<T: Scalar>: Plain;
    /// What one step of a stream of such arrays is: the array without its first axis (a flat array is a step itself).
    type Frame: Shape;
    /// The sizes, for messages and arithmetic.
    const DIMS: Dims;
    /// The elements of a batch, in memory order; none of token ids, which are no numbers.
    fn numbers<T: Scalar>(batch: &[Self::Array<T>]) -> &[T];
    /// Multiplies every element of a batch (token ids stay as they are).
    fn scale<T: Scalar>(batch: &mut [Self::Array<T>], factor: T);
}

/// A shape whose elements are numbers, not token ids.
pub trait Real: Shape {
    /// One class index for each row (each place but the last axis): what sparse losses and `classes` speak of.
    type Labels: Plain + Copy;
    /// The elements of a batch of arrays, in memory order.
    fn scalars<T: Scalar>(batch: &[Self::Array<T>]) -> &[T];
    /// The elements of a batch of arrays, for writing.
    fn scalars_mut<T: Scalar>(batch: &mut [Self::Array<T>]) -> &mut [T];
    /// The indices, one a row.
    fn labels(labels: &Self::Labels) -> &[u32];
    /// The indices, for writing.
    fn labels_mut(labels: &mut Self::Labels) -> &mut [u32];
}

/// A real shape whose last axis has `N` elements. A layer that works along the last axis (a dense layer, a norm over channels)
/// is written once for `LastAxis<N>` and serves vectors, sequences and images.
pub trait LastAxis<const N: usize>: Real {}

/// What a layer reads or writes: one [`Shape`], or a tuple of two to eight.
///
/// For one shape `S` these are plain references: `Ref` is `&S::Array<T>`, `Batch` is `&[S::Array<T>]`.
pub trait Shapes: 'static {
    /// The sizes of each.
    const ALL: &'static [Dims];
    /// One sample.
    type Ref<'a, T: Scalar>: Copy;
    /// One sample, for writing.
    type Mut<'a, T: Scalar>;
    /// A batch of samples.
    type Batch<'a, T: Scalar>: Copy + Send + Sync;
    /// A batch of samples, for writing.
    type BatchMut<'a, T: Scalar>: Send;
    /// Where gradients go; `None` where nobody asks for them (data has no gradient).
    type Gradients<'a, T: Scalar>;
    /// Memory for `B` samples.
    type Buffer<T: Scalar, const B: usize>: Zeroable;
    /// The same, one step of a stream.
    type Frames: Shapes;

    /// How many samples a batch has.
    fn len<T: Scalar>(batch: Self::Batch<'_, T>) -> usize;
    /// How many samples a batch for writing has.
    fn len_mut<T: Scalar>(batch: &Self::BatchMut<'_, T>) -> usize;
    /// One sample of a batch.
    fn sample<T: Scalar>(batch: Self::Batch<'_, T>, index: usize) -> Self::Ref<'_, T>;
    /// One sample of a batch, for writing.
    fn sample_mut<'b, T: Scalar>(batch: &'b mut Self::BatchMut<'_, T>, index: usize) -> Self::Mut<'b, T>;
    /// The first `at` samples and the rest.
    fn split<T: Scalar>(batch: Self::Batch<'_, T>, at: usize) -> (Self::Batch<'_, T>, Self::Batch<'_, T>);
    /// The first `at` samples and the rest, for writing.
    fn split_mut<T: Scalar>(batch: Self::BatchMut<'_, T>, at: usize) -> (Self::BatchMut<'_, T>, Self::BatchMut<'_, T>);
    /// The same batch for a shorter time.
    fn reborrow<'b, T: Scalar>(batch: &'b mut Self::BatchMut<'_, T>) -> Self::BatchMut<'b, T>;
    /// The first `len` samples of a buffer.
    fn view<T: Scalar, const B: usize>(buffer: &Self::Buffer<T, B>, len: usize) -> Self::Batch<'_, T>;
    /// The first `len` samples of a buffer, for writing.
    fn view_mut<T: Scalar, const B: usize>(buffer: &mut Self::Buffer<T, B>, len: usize) -> Self::BatchMut<'_, T>;
    /// The batch that is this one sample.
    fn one<T: Scalar>(sample: Self::Ref<'_, T>) -> Self::Batch<'_, T>;
    /// The batch that is this one sample, for writing.
    fn one_mut<T: Scalar>(sample: Self::Mut<'_, T>) -> Self::BatchMut<'_, T>;
    /// Multiplies every element of a batch.
    fn scale<T: Scalar>(batch: Self::BatchMut<'_, T>, factor: T);
    /// The bytes of each array of a sample, with the size of its elements.
    fn each_bytes<T: Scalar>(sample: Self::Ref<'_, T>, visit: &mut dyn FnMut(&[u8], usize));
    /// The bytes of each array of a sample, for writing.
    fn each_bytes_mut<T: Scalar>(sample: Self::Mut<'_, T>, visit: &mut dyn FnMut(&mut [u8], usize));
    /// "Nobody asks for these gradients."
    fn no_gradients<'a, T: Scalar>() -> Self::Gradients<'a, T>;
}

/// An array of shape `S`.
pub type Array<S, T> = <S as Shape>::Array<T>;
