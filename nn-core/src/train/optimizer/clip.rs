//! Limits of gradients, and norms.

use super::GRAIN;
use crate::executor::{Executor, for_rows};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, dispatch};

/// How a gradient that is too large is made smaller; one way at most, as in Keras.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Clip {
    /// Not at all.
    #[default]
    None,
    /// Every element to `-limit..=limit`.
    Value(f64),
    /// The gradient of each tensor to this Euclidean norm, by a factor.
    Norm(f64),
    /// The gradient of all trainable tensors together to this Euclidean norm, by a factor.
    GlobalNorm(f64),
}

/// The Euclidean norm of tensors, tensor after tensor, in `f64`: neither 1e25 in `f32` nor 1e200 in `f64` is too large.
///
/// A tensor is cut into at most [`PARTS`] parts by its length alone, whose sums are added in order: the same bits for any number of
/// threads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Norm {
    /// The largest element so far, by which all others are divided.
    scale: f64,
    /// The sum of squares of `element / scale`.
    squares: f64,
}

const PARTS: usize = 64;
const LANES: usize = 16;

impl Norm {
    pub(super) const ZERO: Self = Self { scale: 1.0, squares: 0.0 };

    /// The norm of what was added.
    pub(super) fn value(self) -> f64 {
        self.scale * libm::sqrt(self.squares)
    }

    /// That of both together.
    fn and(self, other: Self) -> Self {
        if self.squares == 0.0 || other.squares == 0.0 {
            // NaN is not 0.
            return if self.squares == 0.0 { other } else { self };
        }
        let scale = if self.scale > other.scale { self.scale } else { other.scale };
        let (a, b) = (self.scale / scale, other.scale / scale);
        Self { scale, squares: self.squares * (a * a) + other.squares * (b * b) }
    }

    /// With the elements of a tensor.
    pub(super) fn add<T: Scalar>(self, tensor: &[T], executor: &dyn Executor) -> Self {
        let mut parts = [Self::ZERO; PARTS];
        let len = tensor.len().div_ceil(PARTS).max(GRAIN);
        let count = tensor.len().div_ceil(len);
        let parts = &mut parts[..count.min(PARTS)];
        for_rows(executor, parts, 1, 1, &|first, parts| {
            for (part, values) in parts.iter_mut().zip(tensor.chunks(len).skip(first)) {
                *part = Self::of(values);
            }
        });
        parts.iter().fold(self, |sum, part| sum.and(*part))
    }

    fn of<T: Scalar>(values: &[T]) -> Self {
        let squares = dispatch(Squares { values, factor: 1.0 });
        // Squares of f32 neither overflow nor vanish in f64.
        if size_of::<T>() == 4 || (1e-200..1e200).contains(&squares) || squares.is_nan() {
            return Self { scale: 1.0, squares };
        }
        let scale = values.iter().fold(0.0f64, |max, x| libm::fmax(max, x.to_f64().abs()));
        if scale == 0.0 || !scale.is_finite() {
            return Self { scale: 1.0, squares: scale };
        }
        // So that its inverse is finite.
        let scale = libm::fmax(scale, 1e-300);
        Self { scale, squares: dispatch(Squares { values, factor: 1.0 / scale }) }
    }
}

/// The sum of `(value * factor)^2`.
struct Squares<'a, T> {
    values: &'a [T],
    factor: f64,
}

impl<T: Scalar> Kernel for Squares<'_, T> {
    type Output = f64;
    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> f64 {
        let mut sums = [0.0; LANES];
        let (chunks, rest) = self.values.as_chunks::<LANES>();
        for values in chunks {
            for (sum, x) in sums.iter_mut().zip(values) {
                let x = x.to_f64() * self.factor;
                *sum += x * x;
            }
        }
        for (sum, x) in sums.iter_mut().zip(rest) {
            let x = x.to_f64() * self.factor;
            *sum += x * x;
        }
        sums.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::Serial;
    use std::vec::Vec;

    fn norm<T: Scalar>(values: &[T]) -> f64 {
        Norm::ZERO.add(values, &Serial).value()
    }

    #[test]
    fn no_size_is_too_large_or_too_small() {
        for size in [1e-38f32, 1e-10, 1.0, 1e25, 3e37] {
            let size64 = f64::from(size);
            assert!((norm(&[3.0 * size, -4.0 * size, 0.0]) / size64 - 5.0).abs() < 1e-6, "{size}");
        }
        for size in [1e-300f64, 1e-120, 1.0, 1e120, 1e300] {
            assert!((norm(&[3.0 * size, -4.0 * size, 0.0]) / size - 5.0).abs() < 1e-14, "{size}");
            let two = Norm::ZERO.add(&[3.0 * size], &Serial).add(&[1.0], &Serial).add(&[-4.0 * size], &Serial);
            assert!((two.value() / (5.0 * size).hypot(1.0) - 1.0).abs() < 1e-14, "{size}");
        }
        assert_eq!((norm::<f32>(&[]), norm(&[0.0f64; 20])), (0.0, 0.0));
        assert!(norm(&[1.0, f64::NAN]).is_nan() && norm(&[0.0f32, f32::NAN]).is_nan());
        assert_eq!((norm(&[1.0, f64::INFINITY]), norm(&[f32::NEG_INFINITY])), (f64::INFINITY, f64::INFINITY));
    }

    #[test]
    fn every_element_counts_once() {
        for len in [1, 15, 16, 17, GRAIN, GRAIN + 1, 3 * GRAIN + 5, PARTS * GRAIN + 1] {
            let values: Vec<f32> = (0..len).map(|i| ((i * 7919 + 1) as f32).sin()).collect();
            let exact: f64 = values.iter().map(|x| f64::from(*x) * f64::from(*x)).sum();
            assert!((norm(&values) / exact.sqrt() - 1.0).abs() < 1e-12, "{len}");
        }
    }
}
