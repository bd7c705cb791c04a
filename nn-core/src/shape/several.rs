//! [`Shapes`] for one shape and for tuples of them.

use super::{Dims, Shape, Shapes};
use crate::memory::{bytes, bytes_mut};
use crate::scalar::Scalar;

/// The size of an element: of a number, or of a token id.
const fn element<S: Shape, T: Scalar>() -> usize {
    if S::DIMS.is_tokens() { size_of::<u32>() } else { size_of::<T>() }
}

impl<S: Shape> Shapes for S {
    const ALL: &'static [Dims] = &[S::DIMS];
    type Ref<'a, T: Scalar> = &'a S::Array<T>;
    type Mut<'a, T: Scalar> = &'a mut S::Array<T>;
    type Batch<'a, T: Scalar> = &'a [S::Array<T>];
    type BatchMut<'a, T: Scalar> = &'a mut [S::Array<T>];
    type Gradients<'a, T: Scalar> = Option<&'a mut [S::Array<T>]>;
    type Buffer<T: Scalar, const B: usize> = [S::Array<T>; B];
    type Frames = S::Frame;

    #[inline(always)]
    fn len<T: Scalar>(batch: Self::Batch<'_, T>) -> usize {
        batch.len()
    }
    #[inline(always)]
    fn len_mut<T: Scalar>(batch: &Self::BatchMut<'_, T>) -> usize {
        batch.len()
    }
    #[inline(always)]
    fn sample<T: Scalar>(batch: Self::Batch<'_, T>, index: usize) -> Self::Ref<'_, T> {
        &batch[index]
    }
    #[inline(always)]
    fn sample_mut<'b, T: Scalar>(batch: &'b mut Self::BatchMut<'_, T>, index: usize) -> Self::Mut<'b, T> {
        &mut batch[index]
    }
    #[inline(always)]
    fn split<T: Scalar>(batch: Self::Batch<'_, T>, at: usize) -> (Self::Batch<'_, T>, Self::Batch<'_, T>) {
        batch.split_at(at)
    }
    #[inline(always)]
    fn split_mut<T: Scalar>(batch: Self::BatchMut<'_, T>, at: usize) -> (Self::BatchMut<'_, T>, Self::BatchMut<'_, T>) {
        batch.split_at_mut(at)
    }
    #[inline(always)]
    fn reborrow<'b, T: Scalar>(batch: &'b mut Self::BatchMut<'_, T>) -> Self::BatchMut<'b, T> {
        batch
    }
    #[inline(always)]
    fn view<T: Scalar, const B: usize>(buffer: &Self::Buffer<T, B>, len: usize) -> Self::Batch<'_, T> {
        &buffer[..len]
    }
    #[inline(always)]
    fn view_mut<T: Scalar, const B: usize>(buffer: &mut Self::Buffer<T, B>, len: usize) -> Self::BatchMut<'_, T> {
        &mut buffer[..len]
    }
    #[inline(always)]
    fn one<T: Scalar>(sample: Self::Ref<'_, T>) -> Self::Batch<'_, T> {
        core::slice::from_ref(sample)
    }
    #[inline(always)]
    fn one_mut<T: Scalar>(sample: Self::Mut<'_, T>) -> Self::BatchMut<'_, T> {
        core::slice::from_mut(sample)
    }
    fn scale<T: Scalar>(batch: Self::BatchMut<'_, T>, factor: T) {
        S::scale(batch, factor);
    }
    fn each_bytes<T: Scalar>(sample: Self::Ref<'_, T>, visit: &mut dyn FnMut(&[u8], usize)) {
        visit(bytes(core::slice::from_ref(sample)), element::<S, T>());
    }
    fn each_bytes_mut<T: Scalar>(sample: Self::Mut<'_, T>, visit: &mut dyn FnMut(&mut [u8], usize)) {
        visit(bytes_mut(core::slice::from_mut(sample)), element::<S, T>());
    }
    #[inline(always)]
    fn no_gradients<'a, T: Scalar>() -> Self::Gradients<'a, T> {
        None
    }
}

macro_rules! tuple {
    ($($shape:ident $index:tt),*) => {
        impl<$($shape: Shape),*> Shapes for ($($shape,)*) {
            const ALL: &'static [Dims] = &[$($shape::DIMS),*];
            type Ref<'a, T: Scalar> = ($(&'a $shape::Array<T>,)*);
            type Mut<'a, T: Scalar> = ($(&'a mut $shape::Array<T>,)*);
            type Batch<'a, T: Scalar> = ($(&'a [$shape::Array<T>],)*);
            type BatchMut<'a, T: Scalar> = ($(&'a mut [$shape::Array<T>],)*);
            type Gradients<'a, T: Scalar> = ($(Option<&'a mut [$shape::Array<T>]>,)*);
            type Buffer<T: Scalar, const BATCH: usize> = ($([$shape::Array<T>; BATCH],)*);
            type Frames = ($($shape::Frame,)*);

            #[inline(always)]
            fn len<T: Scalar>(batch: Self::Batch<'_, T>) -> usize {
                batch.0.len()
            }
            #[inline(always)]
            fn len_mut<T: Scalar>(batch: &Self::BatchMut<'_, T>) -> usize {
                batch.0.len()
            }
            #[inline(always)]
            fn sample<T: Scalar>(batch: Self::Batch<'_, T>, index: usize) -> Self::Ref<'_, T> {
                ($(&batch.$index[index],)*)
            }
            #[inline(always)]
            fn sample_mut<'b, T: Scalar>(batch: &'b mut Self::BatchMut<'_, T>, index: usize) -> Self::Mut<'b, T> {
                ($(&mut batch.$index[index],)*)
            }
            #[inline(always)]
            fn split<T: Scalar>(batch: Self::Batch<'_, T>, at: usize) -> (Self::Batch<'_, T>, Self::Batch<'_, T>) {
                (($(&batch.$index[..at],)*), ($(&batch.$index[at..],)*))
            }
            #[inline(always)]
            fn split_mut<T: Scalar>(batch: Self::BatchMut<'_, T>, at: usize) -> (Self::BatchMut<'_, T>, Self::BatchMut<'_, T>) {
                let halves = ($(batch.$index.split_at_mut(at),)*);
                (($(halves.$index.0,)*), ($(halves.$index.1,)*))
            }
            #[inline(always)]
            fn reborrow<'b, T: Scalar>(batch: &'b mut Self::BatchMut<'_, T>) -> Self::BatchMut<'b, T> {
                ($(&mut *batch.$index,)*)
            }
            #[inline(always)]
            fn view<T: Scalar, const BATCH: usize>(buffer: &Self::Buffer<T, BATCH>, len: usize) -> Self::Batch<'_, T> {
                ($(&buffer.$index[..len],)*)
            }
            #[inline(always)]
            fn view_mut<T: Scalar, const BATCH: usize>(buffer: &mut Self::Buffer<T, BATCH>, len: usize) -> Self::BatchMut<'_, T> {
                ($(&mut buffer.$index[..len],)*)
            }
            #[inline(always)]
            fn one<T: Scalar>(sample: Self::Ref<'_, T>) -> Self::Batch<'_, T> {
                ($(core::slice::from_ref(sample.$index),)*)
            }
            #[inline(always)]
            fn one_mut<T: Scalar>(sample: Self::Mut<'_, T>) -> Self::BatchMut<'_, T> {
                ($(core::slice::from_mut(sample.$index),)*)
            }
            fn scale<T: Scalar>(batch: Self::BatchMut<'_, T>, factor: T) {
                $($shape::scale(batch.$index, factor);)*
            }
            fn each_bytes<T: Scalar>(sample: Self::Ref<'_, T>, visit: &mut dyn FnMut(&[u8], usize)) {
                $($shape::each_bytes::<T>(sample.$index, visit);)*
            }
            fn each_bytes_mut<T: Scalar>(sample: Self::Mut<'_, T>, visit: &mut dyn FnMut(&mut [u8], usize)) {
                $($shape::each_bytes_mut::<T>(sample.$index, visit);)*
            }
            #[inline(always)]
            fn no_gradients<'a, T: Scalar>() -> Self::Gradients<'a, T> {
                ($(None::<&'a mut [$shape::Array<T>]>,)*)
            }
        }
    };
}
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
