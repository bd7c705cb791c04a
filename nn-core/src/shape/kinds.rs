//! The four kinds of array.

use super::{Dims, LastAxis, Real, Shape};
use crate::memory::{flat, flat_mut};
use crate::scalar::Scalar;
use nalgebra::{SMatrix, SVector};

/// `[features]`: an `SVector<T, N>`.
#[derive(Clone, Copy, Debug)]
pub struct Flat<const N: usize>;

/// `[time, features]`: an `SMatrix<T, F, TIME>`, one column a step.
#[derive(Clone, Copy, Debug)]
pub struct Seq<const TIME: usize, const F: usize>;

/// `[height, width, channels]`: an array of `H` rows, each an `SMatrix<T, C, W>`.
#[derive(Clone, Copy, Debug)]
pub struct Image<const H: usize, const W: usize, const C: usize>;

/// `[tokens]`: `N` token ids.
#[derive(Clone, Copy, Debug)]
pub struct Tokens<const N: usize>;

impl<const N: usize> Shape for Flat<N> {
    type Array<T: Scalar> = SVector<T, N>;
    type Frame = Flat<N>;
    const DIMS: Dims = Dims::flat(N);
    fn numbers<T: Scalar>(batch: &[Self::Array<T>]) -> &[T] {
        flat(batch)
    }
    fn scale<T: Scalar>(batch: &mut [Self::Array<T>], factor: T) {
        scale_all(flat_mut(batch), factor);
    }
}

impl<const TIME: usize, const F: usize> Shape for Seq<TIME, F> {
    type Array<T: Scalar> = SMatrix<T, F, TIME>;
    type Frame = Flat<F>;
    const DIMS: Dims = Dims::seq(TIME, F);
    fn numbers<T: Scalar>(batch: &[Self::Array<T>]) -> &[T] {
        flat(batch)
    }
    fn scale<T: Scalar>(batch: &mut [Self::Array<T>], factor: T) {
        scale_all(flat_mut(batch), factor);
    }
}

impl<const H: usize, const W: usize, const C: usize> Shape for Image<H, W, C> {
    type Array<T: Scalar> = [SMatrix<T, C, W>; H];
    type Frame = Seq<W, C>;
    const DIMS: Dims = Dims::image(H, W, C);
    fn numbers<T: Scalar>(batch: &[Self::Array<T>]) -> &[T] {
        flat(batch)
    }
    fn scale<T: Scalar>(batch: &mut [Self::Array<T>], factor: T) {
        scale_all(flat_mut(batch), factor);
    }
}

impl<const N: usize> Shape for Tokens<N> {
    type Array<T: Scalar> = [u32; N];
    type Frame = Tokens<1>;
    const DIMS: Dims = Dims::tokens(N);
    fn numbers<T: Scalar>(_: &[Self::Array<T>]) -> &[T] {
        &[]
    }
    fn scale<T: Scalar>(_: &mut [Self::Array<T>], _: T) {}
}

fn scale_all<T: Scalar>(values: &mut [T], factor: T) {
    for value in values {
        *value *= factor;
    }
}

macro_rules! real {
    ([$($generics:tt)*] $shape:ty, last = $last:ident, labels = $labels:ty) => {
        impl<$($generics)*> Real for $shape {
            type Labels = $labels;
            #[inline(always)]
            fn scalars<T: Scalar>(batch: &[Self::Array<T>]) -> &[T] {
                flat(batch)
            }
            #[inline(always)]
            fn scalars_mut<T: Scalar>(batch: &mut [Self::Array<T>]) -> &mut [T] {
                flat_mut(batch)
            }
            #[inline(always)]
            fn labels(labels: &Self::Labels) -> &[u32] {
                flat(core::slice::from_ref(labels))
            }
            #[inline(always)]
            fn labels_mut(labels: &mut Self::Labels) -> &mut [u32] {
                flat_mut(core::slice::from_mut(labels))
            }
        }
        impl<$($generics)*> LastAxis<$last> for $shape {}
    };
}
real!([const N: usize] Flat<N>, last = N, labels = u32);
real!([const TIME: usize, const F: usize] Seq<TIME, F>, last = F, labels = [u32; TIME]);
real!([const H: usize, const W: usize, const C: usize] Image<H, W, C>, last = C, labels = [[u32; W]; H]);

/// A rank: 0 stands for tokens, 1 to 3 for real arrays. See [`ShapeOf`].
#[derive(Clone, Copy, Debug)]
pub struct Rank<const R: usize>;

/// The shape of a rank with these sizes. See [`ShapeOf`].
pub trait Select<const A: usize, const B: usize, const C: usize> {
    /// That shape.
    type Shape: Shape;
}

impl<const A: usize, const B: usize, const C: usize> Select<A, B, C> for Rank<0> {
    type Shape = Tokens<A>;
}
impl<const A: usize, const B: usize, const C: usize> Select<A, B, C> for Rank<1> {
    type Shape = Flat<A>;
}
impl<const A: usize, const B: usize, const C: usize> Select<A, B, C> for Rank<2> {
    type Shape = Seq<A, B>;
}
impl<const A: usize, const B: usize, const C: usize> Select<A, B, C> for Rank<3> {
    type Shape = Image<A, B, C>;
}

/// The shape type for sizes that only the compiler knows: rank (0 for tokens) and up to three sizes, 1 beyond the rank.
pub type ShapeOf<const R: usize, const A: usize, const B: usize, const C: usize> = <Rank<R> as Select<A, B, C>>::Shape;
