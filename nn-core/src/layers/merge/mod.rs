//! Several values of one shape, element by element: sum, difference, product, the larger, the smaller, the mean.
//!
//! Of more than two, the first two are taken together, then the result and the third, and so on.

use super::parameterless;
use crate::layer::{Layer, Pass, Stream, Training};
use crate::scalar::Scalar;
use crate::shape::{Alike, Merged, Real, Shape};
use crate::simd::Simd;

#[cfg(test)]
mod tests;

parameterless!(
    /// The sum of the line above and of earlier values of the same shape: `Add(name)`.
    Add,
    /// The line above minus an earlier value of the same shape: `Sub(name)`.
    Sub,
    /// The product of the line above and of earlier values of the same shape: `Mul(name)`.
    Mul,
    /// The largest of the line above and of earlier values of the same shape: `Max(name)`. NaN propagates.
    Max,
    /// The smallest of the line above and of earlier values of the same shape: `Min(name)`. NaN propagates.
    Min,
    /// The mean of the line above and of earlier values of the same shape: `Average(name)`.
    Average
);

/// What two elements become, and how much of the gradient each gets.
trait Operation {
    /// The result of two.
    fn combine<T: Scalar>(a: T, b: T) -> T;
    /// What follows when all `count` are combined.
    #[inline(always)]
    fn finish<T: Scalar>(y: T, _count: usize) -> T {
        y
    }
    /// Writes the gradient of value `index`.
    fn gradient<T: Scalar, I: Merged>(index: usize, x: I::Batch<'_, T>, y: &[T], dy: &[T], dx: &mut [T]);
}

impl Operation for Add {
    #[inline(always)]
    fn combine<T: Scalar>(a: T, b: T) -> T {
        a + b
    }
    fn gradient<T: Scalar, I: Merged>(_: usize, _: I::Batch<'_, T>, _: &[T], dy: &[T], dx: &mut [T]) {
        dx.copy_from_slice(dy);
    }
}

impl Operation for Sub {
    #[inline(always)]
    fn combine<T: Scalar>(a: T, b: T) -> T {
        a - b
    }
    fn gradient<T: Scalar, I: Merged>(index: usize, _: I::Batch<'_, T>, _: &[T], dy: &[T], dx: &mut [T]) {
        for (dx, dy) in dx.iter_mut().zip(dy) {
            *dx = if index == 0 { *dy } else { -*dy };
        }
    }
}

impl Operation for Mul {
    #[inline(always)]
    fn combine<T: Scalar>(a: T, b: T) -> T {
        a * b
    }
    fn gradient<T: Scalar, I: Merged>(index: usize, x: I::Batch<'_, T>, _: &[T], dy: &[T], dx: &mut [T]) {
        dx.copy_from_slice(dy);
        for other in (0..I::EACH.len()).filter(|&other| other != index) {
            for (dx, x) in dx.iter_mut().zip(I::scalars::<T>(x, other)) {
                *dx *= *x;
            }
        }
    }
}

impl Operation for Max {
    #[inline(always)]
    fn combine<T: Scalar>(a: T, b: T) -> T {
        if a > b || a.is_nan() { a } else { b }
    }
    fn gradient<T: Scalar, I: Merged>(index: usize, x: I::Batch<'_, T>, y: &[T], dy: &[T], dx: &mut [T]) {
        chosen::<T, I>(index, x, y, dy, dx);
    }
}

impl Operation for Min {
    #[inline(always)]
    fn combine<T: Scalar>(a: T, b: T) -> T {
        if a < b || a.is_nan() { a } else { b }
    }
    fn gradient<T: Scalar, I: Merged>(index: usize, x: I::Batch<'_, T>, y: &[T], dy: &[T], dx: &mut [T]) {
        chosen::<T, I>(index, x, y, dy, dx);
    }
}

/// The gradient of a choice: all of it to the first value that is the result, as in Keras on TensorFlow.
fn chosen<T: Scalar, I: Merged>(index: usize, x: I::Batch<'_, T>, y: &[T], dy: &[T], dx: &mut [T]) {
    let is_result = |x: T, y: T| x == y || (x.is_nan() && y.is_nan());
    let all = I::scalars::<T>(x, index);
    for (((dx, dy), x), y) in dx.iter_mut().zip(dy).zip(all).zip(y) {
        *dx = if is_result(*x, *y) { *dy } else { T::ZERO };
    }
    for earlier in 0..index {
        for ((dx, x), y) in dx.iter_mut().zip(I::scalars::<T>(x, earlier)).zip(y) {
            if is_result(*x, *y) {
                *dx = T::ZERO;
            }
        }
    }
}

impl Operation for Average {
    #[inline(always)]
    fn combine<T: Scalar>(a: T, b: T) -> T {
        a + b
    }
    #[inline(always)]
    fn finish<T: Scalar>(y: T, count: usize) -> T {
        y / T::from_usize(count)
    }
    fn gradient<T: Scalar, I: Merged>(_: usize, _: I::Batch<'_, T>, _: &[T], dy: &[T], dx: &mut [T]) {
        for (dx, dy) in dx.iter_mut().zip(dy) {
            *dx = *dy / T::from_usize(I::EACH.len());
        }
    }
}

/// `y[i] = x0[i] . x1[i] . x2[i] ..`
#[inline(always)]
fn merge<T: Scalar, O: Operation, I: Merged>(x: I::Ref<'_, T>, y: &mut [T]) {
    let (x, count) = (I::one::<T>(x), I::EACH.len());
    let last = |at: usize, y: T| if at + 1 == count { O::finish(y, count) } else { y };
    for ((y, a), b) in y.iter_mut().zip(I::scalars::<T>(x, 0)).zip(I::scalars::<T>(x, 1)) {
        *y = last(1, O::combine(*a, *b));
    }
    for at in 2..count {
        for (y, x) in y.iter_mut().zip(I::scalars::<T>(x, at)) {
            *y = last(at, O::combine(*y, *x));
        }
    }
}

macro_rules! layers {
    ($($name:ident),*) => {$(
        impl<T: Scalar, S: Real, I: Alike<S>> Layer<T, I, S> for $name {
            type Options = ();
            type Scratch<const B: usize> = ();
            type State = ();
            type Cache<const B: usize> = ();

            #[inline(always)]
            fn forward<V: Simd, const B: usize>(&self, _: V, _: &(), x: I::Ref<'_, T>, y: &mut S::Array<T>, _: &mut ()) {
                merge::<T, Self, I>(x, S::scalars_mut::<T>(core::slice::from_mut(y)));
            }

            fn backward<const B: usize>(&self, _: &(), mut pass: Pass<'_, T, I, S>, _: &mut (), _: &mut Self, _: &Training<'_>) {
                let (y, dy) = (S::scalars::<T>(pass.y), S::scalars::<T>(pass.dy));
                for index in 0..I::EACH.len() {
                    if let Some(dx) = I::gradient::<T>(&mut pass.dx, index) {
                        <Self as Operation>::gradient::<T, I>(index, pass.x, y, dy, dx);
                    }
                }
            }
        }

        impl<T: Scalar, S: Real<Frame: Real>, I: Alike<S, Frames: Alike<S::Frame>>> Stream<T, I, S> for $name {
            #[inline(always)]
            fn advance<V: Simd>(
                &self,
                _: V,
                _: &(),
                x: <I::Frames as crate::shape::Shapes>::Ref<'_, T>,
                y: &mut <S::Frame as Shape>::Array<T>,
                _: &mut (),
                _: &mut (),
            ) {
                merge::<T, Self, I::Frames>(x, <S::Frame as Real>::scalars_mut::<T>(core::slice::from_mut(y)));
            }
        }
    )*};
}
layers!(Add, Sub, Mul, Max, Min, Average);
