//! The same elements in the same order, as another shape.

use super::parameterless;
use crate::layer::{Layer, Pass, Training};
use crate::scalar::Scalar;
use crate::shape::{Flat, Real};
use crate::simd::Simd;

#[cfg(test)]
mod tests;

parameterless!(
    /// All elements as one vector, last axis fastest.
    Flatten,
    /// The elements in another shape of as many.
    Reshape
);

macro_rules! copies {
    ($layer:ident, [$($generics:tt)*], $output:ty) => {
        impl<T: Scalar, I: Real, $($generics)*> Layer<T, I, $output> for $layer {
            type Options = ();
            type Scratch<const B: usize> = ();
            type State = ();
            type Cache<const B: usize> = ();

            #[inline(always)]
            fn forward<S: Simd, const B: usize>(&self, _: S, _: &(), x: &I::Array<T>, y: &mut <$output as crate::Shape>::Array<T>, _: &mut ()) {
                let y = <$output as Real>::scalars_mut::<T>(core::slice::from_mut(y));
                y.copy_from_slice(I::scalars::<T>(core::slice::from_ref(x)));
            }

            fn backward<const B: usize>(&self, _: &(), pass: Pass<'_, T, I, $output>, _: &mut (), _: &mut Self, _: &Training<'_>) {
                if let Some(dx) = pass.dx {
                    I::scalars_mut::<T>(dx).copy_from_slice(<$output as Real>::scalars::<T>(pass.dy));
                }
            }
        }
    };
}
copies!(Flatten, [const N: usize], Flat<N>);
copies!(Reshape, [O: Real], O);
