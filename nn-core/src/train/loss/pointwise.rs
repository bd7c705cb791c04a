//! Losses that are sums of a function of each element and its target.

use crate::activation::{Activation, BLOCK};
use crate::math::constant;
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, Vector, dispatch};

/// The function.
pub(super) trait Pointwise: Copy {
    /// Whether the square of [`term`](Self::term) is what is added up: taken in `f64`, where no square of an `f32` overflows.
    const SQUARED: bool = false;
    /// `f(y, t)`, or its root.
    fn term<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S>;
    /// The derivative of `f` (of the square, if [`SQUARED`](Self::SQUARED)) with respect to `y`.
    fn slope<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S>;
}

/// How many sums go side by side: fixed, so that the same bits come out on every machine.
const LANES: usize = 16;

/// The sum of `f` over the outputs, that is over `head(z)`.
pub(super) fn value<F: Pointwise, T: Scalar>(f: F, head: Activation, row: usize, z: &[T], t: &[T]) -> f64 {
    let mut sums = [0.0; LANES];
    head.stream(row, z, &mut |first, y| dispatch(Add { f, y, t: &t[first..], sums: &mut sums }));
    sums.iter().sum()
}

/// [`value`], and in `dz` its gradient with respect to `z`, times `factor`.
pub(super) fn sample<F: Pointwise, T: Scalar>(f: F, head: Activation, row: usize, z: &[T], t: &[T], dz: &mut [T], factor: T) -> f64 {
    dz.copy_from_slice(z);
    head.apply(row, dz);
    let mut sums = [0.0; LANES];
    // The blocks of `Activation::stream`.
    let row_or_all = if head.is_elementwise() { z.len() } else { row }.max(1);
    for (y, t) in dz.chunks(row_or_all).zip(t.chunks(row_or_all)) {
        for (y, t) in y.chunks(BLOCK).zip(t.chunks(BLOCK)) {
            dispatch(Add { f, y, t, sums: &mut sums });
        }
    }
    head.chain(row, z, dz, &|first, y, dy| dispatch(Slopes { f, y, t: &t[first..], dy, factor }));
    sums.iter().sum()
}

/// Adds the terms of at most [`BLOCK`] elements.
struct Add<'a, F, T> {
    f: F,
    y: &'a [T],
    t: &'a [T],
    sums: &'a mut [f64; LANES],
}

impl<F: Pointwise, T: Scalar> Kernel for Add<'_, F, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let lanes = T::Vector::<S>::LANES;
        let mut terms = [T::ZERO; BLOCK];
        for ((term, y), t) in terms.chunks_mut(lanes).zip(self.y.chunks(lanes)).zip(self.t.chunks(lanes)) {
            self.f.term::<S, T>(simd, T::Vector::<S>::load(simd, y), T::Vector::<S>::load(simd, t)).store(term);
        }
        let terms = &terms[..self.y.len().min(BLOCK)];
        let (chunks, rest) = terms.as_chunks::<LANES>();
        let add = |sum: &mut f64, term: T| {
            let x = term.to_f64();
            *sum += if F::SQUARED { x * x } else { x };
        };
        for terms in chunks {
            for (sum, term) in self.sums.iter_mut().zip(terms) {
                add(sum, *term);
            }
        }
        for (sum, term) in self.sums.iter_mut().zip(rest) {
            add(sum, *term);
        }
    }
}

/// `dy = factor * f'(y, t)`.
struct Slopes<'a, F, T> {
    f: F,
    y: &'a [T],
    t: &'a [T],
    dy: &'a mut [T],
    factor: T,
}

impl<F: Pointwise, T: Scalar> Kernel for Slopes<'_, F, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let lanes = T::Vector::<S>::LANES;
        let factor = T::Vector::<S>::splat(simd, self.factor);
        for ((dy, y), t) in self.dy.chunks_mut(lanes).zip(self.y.chunks(lanes)).zip(self.t.chunks(lanes)) {
            (self.f.slope::<S, T>(simd, T::Vector::<S>::load(simd, y), T::Vector::<S>::load(simd, t)) * factor).store(dy);
        }
    }
}

/// `-1`, `0` or `1`; NaN of NaN.
#[inline(always)]
pub(super) fn sign<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    let zero = V::splat(simd, T::ZERO);
    V::select(x.lt(zero), -V::splat(simd, T::ONE), step(simd, x))
}

/// `1` above 0, else `0`; NaN of NaN.
#[inline(always)]
pub(super) fn step<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    let (zero, one) = (V::splat(simd, T::ZERO), V::splat(simd, T::ONE));
    // What is neither above nor below is 0, or NaN.
    V::select(zero.lt(x), one, V::select(x.lt(zero), zero, x))
}

/// `x` within `[low, high]`; NaN stays NaN.
#[inline(always)]
pub(super) fn clamp<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V, low: f64, high: f64) -> V {
    constant::<S, T, V>(simd, high).min(constant::<S, T, V>(simd, low).max(x))
}

/// `slope` where `x` is within `[low, high]`, else 0: the derivative through [`clamp`]. NaN of NaN.
#[inline(always)]
pub(super) fn inside<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V, low: f64, high: f64, slope: V) -> V {
    let zero = V::splat(simd, T::ZERO);
    V::select(x.lt(constant(simd, low)), zero, V::select(constant::<S, T, V>(simd, high).lt(x), zero, slope))
}

/// Implements [`Loss`](super::Loss) for a mean of a [`Pointwise`] function over the elements of the output.
macro_rules! mean {
    ($name:ident, check = $check:path $(, options = $options:expr)?) => {
        impl<T: Scalar, O: Real> Loss<T, O> for $name {
            type Target = O::Array<T>;
            $(fn options(&self) -> Result<(), BadOption> {
                $options(self)
            })?
            fn check(&self, target: &Self::Target) -> Result<(), TargetError> {
                $check(elements::<T, O>(target))
            }
            fn sample(&self, head: Activation, z: &O::Array<T>, target: &Self::Target, dz: &mut O::Array<T>) -> T {
                let (z, t, dz) = (elements::<T, O>(z), elements::<T, O>(target), elements_mut::<T, O>(dz));
                let elements = z.len().max(1) as f64;
                T::from_f64(pointwise::sample(*self, head, O::DIMS.last(), z, t, dz, T::from_f64(1.0 / elements)) / elements)
            }
            fn value(&self, head: Activation, z: &O::Array<T>, target: &Self::Target) -> T {
                let (z, t) = (elements::<T, O>(z), elements::<T, O>(target));
                T::from_f64(pointwise::value(*self, head, O::DIMS.last(), z, t) / z.len().max(1) as f64)
            }
        }
    };
}
pub(super) use mean;
