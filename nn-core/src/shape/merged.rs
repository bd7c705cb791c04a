//! Tuples of real shapes, seen as lists: what a layer that merges values reads, however many there are.

use super::{Dims, Real, Shapes};
use crate::scalar::Scalar;

/// A tuple of two to eight [`Real`] shapes, whose arrays can be asked for by number.
///
/// A number beyond the last finds nothing, so that a loop over them cannot panic.
pub trait Merged: Shapes {
    /// The sizes of each.
    const EACH: &'static [Dims];
    /// The elements of value `index`, of all samples, in memory order.
    fn scalars<T: Scalar>(batch: Self::Batch<'_, T>, index: usize) -> &[T];
    /// The elements of the gradient of value `index`, if anyone asks for it.
    fn gradient<'g, T: Scalar>(gradients: &'g mut Self::Gradients<'_, T>, index: usize) -> Option<&'g mut [T]>;
}

/// A tuple of two to eight times the shape `S`.
pub trait Alike<S: Real>: Merged {}

macro_rules! merged {
    ($($shape:ident $index:tt $same:ident),*) => {
        impl<$($shape: Real),*> Merged for ($($shape,)*) {
            const EACH: &'static [Dims] = &[$($shape::DIMS),*];
            #[inline(always)]
            fn scalars<T: Scalar>(batch: Self::Batch<'_, T>, index: usize) -> &[T] {
                match index {
                    $($index => $shape::scalars::<T>(batch.$index),)*
                    _ => &[],
                }
            }
            #[inline(always)]
            fn gradient<'g, T: Scalar>(gradients: &'g mut Self::Gradients<'_, T>, index: usize) -> Option<&'g mut [T]> {
                match index {
                    $($index => gradients.$index.as_deref_mut().map($shape::scalars_mut::<T>),)*
                    _ => None,
                }
            }
        }
        impl<S: Real> Alike<S> for ($($same,)*) {}
    };
}
merged!(A 0 S, B 1 S);
merged!(A 0 S, B 1 S, C 2 S);
merged!(A 0 S, B 1 S, C 2 S, D 3 S);
merged!(A 0 S, B 1 S, C 2 S, D 3 S, E 4 S);
merged!(A 0 S, B 1 S, C 2 S, D 3 S, E 4 S, F 5 S);
merged!(A 0 S, B 1 S, C 2 S, D 3 S, E 4 S, F 5 S, G 6 S);
merged!(A 0 S, B 1 S, C 2 S, D 3 S, E 4 S, F 5 S, G 6 S, H 7 S);
