//! Cosine similarity.

use super::{EPSILON, Loss, TargetError, elements, elements_mut, target};
use crate::activation::Activation;
use crate::scalar::Scalar;
use crate::shape::Real;

/// `-cos(y, t)` of the angle between output and target over the last axis, averaged over the places before it, Keras's
/// `CosineSimilarity`: -1 for one direction, 1 for opposite ones. A norm below 1e-7 counts as 1e-7, so that a zero vector is at 0 to
/// everything. Sums are taken in `f64`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CosineSimilarity;

/// One row: the inverse norms of output and target, and the cosine.
#[derive(Clone, Copy)]
struct Angle {
    of_output: f64,
    of_target: f64,
    /// Whether the norm of the output depends on it.
    long: bool,
    cosine: f64,
}

impl Angle {
    fn new<T: Scalar>(head: Activation, z: &[T], t: &[T]) -> Self {
        let (mut yy, mut tt, mut ty) = (0.0, 0.0, 0.0);
        head.stream(z.len(), z, &mut |first, y| {
            for (y, t) in y.iter().zip(&t[first..]) {
                let (y, t) = (y.to_f64(), t.to_f64());
                (yy, tt, ty) = (yy + y * y, tt + t * t, ty + t * y);
            }
        });
        let inverse = |square: f64| if square < EPSILON * EPSILON { 1.0 / EPSILON } else { 1.0 / libm::sqrt(square) };
        let (of_output, of_target) = (inverse(yy), inverse(tt));
        // One after the other: their product may be larger than any number.
        Self { of_output, of_target, long: yy >= EPSILON * EPSILON, cosine: ty * of_output * of_target }
    }

    /// The derivative of the cosine with respect to an output.
    fn slope(self, y: f64, t: f64) -> f64 {
        let turn = if self.long { self.cosine * (y * self.of_output) } else { 0.0 };
        (t * self.of_target - turn) * self.of_output
    }
}

impl<T: Scalar, O: Real> Loss<T, O> for CosineSimilarity {
    type Target = O::Array<T>;

    fn check(&self, target: &Self::Target) -> Result<(), TargetError> {
        target::finite(elements::<T, O>(target))
    }

    fn sample(&self, head: Activation, z: &O::Array<T>, target: &Self::Target, dz: &mut O::Array<T>) -> T {
        let row = O::DIMS.last().max(1);
        let (z, t, dz) = (elements::<T, O>(z), elements::<T, O>(target), elements_mut::<T, O>(dz));
        let rows = (z.len() / row).max(1) as f64;
        let mut loss = 0.0;
        for ((z, t), dz) in z.chunks_exact(row).zip(t.chunks_exact(row)).zip(dz.chunks_exact_mut(row)) {
            let angle = Angle::new(head, z, t);
            loss -= angle.cosine;
            dz.copy_from_slice(z);
            head.apply(row, dz);
            head.chain(row, z, dz, &|first, y, dy| {
                for ((dy, y), t) in dy.iter_mut().zip(y).zip(&t[first..]) {
                    *dy = T::from_f64(-angle.slope(y.to_f64(), t.to_f64()) / rows);
                }
            });
        }
        T::from_f64(loss / rows)
    }

    fn value(&self, head: Activation, z: &O::Array<T>, target: &Self::Target) -> T {
        let row = O::DIMS.last().max(1);
        let (z, t) = (elements::<T, O>(z), elements::<T, O>(target));
        let rows = (z.len() / row).max(1) as f64;
        let mut loss = 0.0;
        for (z, t) in z.chunks_exact(row).zip(t.chunks_exact(row)) {
            loss -= Angle::new(head, z, t).cosine;
        }
        T::from_f64(loss / rows)
    }
}
