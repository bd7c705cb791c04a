//! The losses of maximum margins.

use super::pointwise::{self, Pointwise, mean, step};
use super::{Loss, TargetError, elements, elements_mut, target};
use crate::activation::Activation;
use crate::math::constant;
use crate::scalar::Scalar;
use crate::shape::Real;
use crate::simd::{Simd, Vector};

/// `mean(max(0, 1 - t y))` over the elements of the output, Keras's `Hinge`. Targets are -1 or 1; 0 stands for -1. Derivative at the
/// margin: 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hinge;

/// [`Hinge`] with squared terms, `mean(max(0, 1 - t y)^2)`: Keras's `SquaredHinge`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SquaredHinge;

/// The target, -1 for 0, and `1 - t y`.
#[inline(always)]
fn margin<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, y: V, t: V) -> (V, V) {
    let one = V::splat(simd, T::ONE);
    let t = V::select(t.eq(V::splat(simd, T::ZERO)), -one, t);
    (t, one - t * y)
}

impl Pointwise for Hinge {
    #[inline(always)]
    fn term<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        T::Vector::<S>::splat(simd, T::ZERO).max(margin(simd, y, t).1)
    }
    #[inline(always)]
    fn slope<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        let (t, margin) = margin(simd, y, t);
        -t * step(simd, margin)
    }
}
mean!(Hinge, check = target::signs);

impl Pointwise for SquaredHinge {
    const SQUARED: bool = true;
    #[inline(always)]
    fn term<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        Hinge.term::<S, T>(simd, y, t)
    }
    #[inline(always)]
    fn slope<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        let (t, margin) = margin(simd, y, t);
        constant::<S, T, T::Vector<S>>(simd, -2.0) * t * T::Vector::<S>::splat(simd, T::ZERO).max(margin)
    }
}
mean!(SquaredHinge, check = target::signs);

/// `max(0, 1 + max((1 - t) y) - sum(t y))` over the last axis, averaged over the places before it, Keras's `CategoricalHinge`.
/// Targets are one-hot. Where several outputs are the largest, the first one has the gradient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CategoricalHinge;

/// The loss of a row, and where the largest `(1 - t) y` is.
fn row_loss<T: Scalar>(head: Activation, z: &[T], t: &[T]) -> (f64, usize) {
    let (mut right, mut best) = (0.0, (f64::NEG_INFINITY, 0));
    head.stream(z.len(), z, &mut |first, y| {
        for ((y, t), i) in y.iter().zip(&t[first..]).zip(first..) {
            let (y, t) = (y.to_f64(), t.to_f64());
            right += t * y;
            let wrong = (1.0 - t) * y;
            // A NaN is in `right` as well.
            if wrong > best.0 {
                best = (wrong, i);
            }
        }
    });
    let margin = 1.0 + best.0 - right;
    (if margin > 0.0 || margin.is_nan() { margin } else { 0.0 }, best.1)
}

impl<T: Scalar, O: Real> Loss<T, O> for CategoricalHinge {
    type Target = O::Array<T>;

    fn check(&self, target: &Self::Target) -> Result<(), TargetError> {
        target::probabilities(elements::<T, O>(target))
    }

    fn sample(&self, head: Activation, z: &O::Array<T>, target: &Self::Target, dz: &mut O::Array<T>) -> T {
        let row = O::DIMS.last().max(1);
        let (z, t, dz) = (elements::<T, O>(z), elements::<T, O>(target), elements_mut::<T, O>(dz));
        let rows = (z.len() / row).max(1) as f64;
        let scale = T::from_f64(1.0 / rows);
        let mut loss = 0.0;
        for ((z, t), dz) in z.chunks_exact(row).zip(t.chunks_exact(row)).zip(dz.chunks_exact_mut(row)) {
            let (value, worst) = row_loss(head, z, t);
            loss += value;
            // 0 behind the margin, NaN if the loss is.
            let scale = if value > 0.0 { scale } else { T::from_f64(value) };
            dz.copy_from_slice(z);
            head.apply(row, dz);
            head.chain(row, z, dz, &|first, _, dy| {
                for ((dy, t), i) in dy.iter_mut().zip(&t[first..]).zip(first..) {
                    let wrong = if i == worst { T::ONE - *t } else { T::ZERO };
                    *dy = (wrong - *t) * scale;
                }
            });
            if value.is_nan() {
                dz.fill(T::NAN);
            }
        }
        T::from_f64(loss / rows)
    }

    fn value(&self, head: Activation, z: &O::Array<T>, target: &Self::Target) -> T {
        let row = O::DIMS.last().max(1);
        let (z, t) = (elements::<T, O>(z), elements::<T, O>(target));
        let rows = (z.len() / row).max(1) as f64;
        T::from_f64(z.chunks_exact(row).zip(t.chunks_exact(row)).map(|(z, t)| row_loss(head, z, t).0).sum::<f64>() / rows)
    }
}
