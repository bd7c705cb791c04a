//! Constraints: what parameters must be after every step.

use crate::parameters::{Parameters, Place};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, dispatch};

/// What a tensor must be, brought about after each step of the optimiser: Keras's constraints, options of a layer
/// (`Dense(10, constraint = MaxNorm(2.0))`).
///
/// The norm of a kernel is taken over all axes but the last, so for each unit (Keras's `axis=0` of a dense layer, `[0, 1, 2]` of a
/// convolution); that of a bias is taken over the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Constraint {
    /// Anything. The default.
    #[default]
    Free,
    /// Norms larger than this are scaled down to it.
    MaxNorm(f64),
    /// Norms are scaled into this range, from the first to the second number.
    MinMaxNorm(f64, f64),
    /// Norms are scaled to 1.
    UnitNorm,
    /// Negative numbers become 0.
    NonNeg,
}

/// Keras's epsilon: added to a norm before it divides.
const EPSILON: f64 = 1e-7;

impl Constraint {
    /// What its arguments should be, where they are not: literals are checked when they are compiled, constants are not.
    ///
    /// # Errors
    /// What is expected.
    pub const fn check(self) -> Result<(), &'static str> {
        match self {
            Self::MaxNorm(max) if !(max > 0.0 && max < f64::INFINITY) => Err("a finite number above 0"),
            Self::MinMaxNorm(min, max) if !(min >= 0.0 && max > 0.0 && min <= max && max < f64::INFINITY) => {
                Err("two finite numbers, the first at least 0, the second above 0 and not below the first")
            }
            _ => Ok(()),
        }
    }

    /// By what a column of this norm is multiplied. Keras multiplies those in range by `norm / (norm + 1e-7)`; they stay as they are
    /// here, so that steps do not wear them down.
    fn factor(self, norm: f64) -> f64 {
        let desired = match self {
            Self::Free | Self::NonNeg => return 1.0,
            Self::MaxNorm(max) if norm > max => max,
            Self::MinMaxNorm(min, _) if norm < min => min,
            Self::MinMaxNorm(_, max) if norm > max => max,
            Self::MaxNorm(_) | Self::MinMaxNorm(..) => return 1.0,
            Self::UnitNorm => 1.0,
        };
        desired / (norm + EPSILON)
    }
}

/// Brings the trainable tensors of a network within their constraints.
pub fn constrain<T: Scalar, N: Parameters<T>>(net: &mut N) {
    N::walk([net], &Place::ROOT, &mut |tensor, [values]| {
        let constraint = tensor.constraint();
        if constraint != Constraint::Free && tensor.trainable() {
            let columns = match tensor.dims.sizes() {
                [_, .., last] => *last,
                _ => 1,
            };
            dispatch(Constrain { constraint, values, columns });
        }
    });
}

/// How many columns go side by side.
const LANES: usize = 16;

struct Constrain<'a, T> {
    constraint: Constraint,
    values: &'a mut [T],
    columns: usize,
}

impl<T: Scalar> Kernel for Constrain<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { constraint, values, columns } = self;
        if constraint == Constraint::NonNeg {
            for w in values {
                if *w < T::ZERO {
                    *w = T::ZERO;
                }
            }
            return;
        }
        for first in (0..columns).step_by(LANES) {
            let lanes = first..columns.min(first + LANES);
            // In f64, where no square of an f32 overflows.
            let mut sums = [0.0; LANES];
            for row in values.chunks_exact(columns) {
                for (sum, w) in sums.iter_mut().zip(&row[lanes.clone()]) {
                    *sum += w.to_f64() * w.to_f64();
                }
            }
            let factors = sums.map(|sum| T::from_f64(constraint.factor(libm::sqrt(sum))));
            for row in values.chunks_exact_mut(columns) {
                for (w, factor) in row[lanes.clone()].iter_mut().zip(factors) {
                    *w *= factor;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn constrained(constraint: Constraint, columns: usize, values: &[f64]) -> Vec<f64> {
        let mut values = values.to_vec();
        dispatch(Constrain { constraint, values: &mut values, columns });
        values
    }

    fn norm(values: &[f64], columns: usize, column: usize) -> f64 {
        values.iter().skip(column).step_by(columns).map(|w| w * w).sum::<f64>().sqrt()
    }

    #[test]
    fn each_column_has_its_norm() {
        let columns = 19;
        let kernel: Vec<f64> = (0..5 * columns).map(|i| (i as f64 * 1.3).sin() * (i % columns) as f64 * 0.2).collect();
        let (max, both) =
            (constrained(Constraint::MaxNorm(1.5), columns, &kernel), constrained(Constraint::MinMaxNorm(0.5, 1.5), columns, &kernel));
        let unit = constrained(Constraint::UnitNorm, columns, &kernel);
        for column in 1..columns {
            let before = norm(&kernel, columns, column);
            assert!((norm(&max, columns, column) - before.min(1.5)).abs() < 1e-6, "{column}");
            assert!((norm(&both, columns, column) - before.clamp(0.5, 1.5)).abs() < 1e-6, "{column}");
            assert!((norm(&unit, columns, column) - 1.0).abs() < 1e-6, "{column}");
            let ratio = unit[column] / kernel[column];
            let same = (0..5).all(|row| (unit[row * columns + column] - kernel[row * columns + column] * ratio).abs() < 1e-12);
            assert!(same, "the direction stays");
        }
        // A column of zeros has no direction.
        assert!(unit.iter().step_by(columns).all(|w| *w == 0.0));
        assert!(kernel.iter().zip(&max).any(|(a, b)| a == b && *a != 0.0), "what is in range keeps its bits");
    }

    #[test]
    fn arguments_that_no_norm_can_keep_are_told() {
        use Constraint::{Free, MaxNorm, MinMaxNorm, NonNeg, UnitNorm};
        for fine in [Free, UnitNorm, NonNeg, MaxNorm(2.0), MinMaxNorm(0.0, 1.0), MinMaxNorm(1.0, 1.0)] {
            assert_eq!(fine.check(), Ok(()), "{fine:?}");
        }
        let infinite = f64::INFINITY;
        for wrong in [MaxNorm(0.0), MaxNorm(-1.0), MaxNorm(f64::NAN), MaxNorm(infinite), MinMaxNorm(-0.5, 1.0), MinMaxNorm(0.0, infinite)] {
            assert!(wrong.check().is_err(), "{wrong:?}");
        }
        assert!(
            MinMaxNorm(1.0, 0.5).check().is_err() && MinMaxNorm(0.0, 0.0).check().is_err() && MinMaxNorm(f64::NAN, 1.0).check().is_err()
        );
    }

    #[test]
    fn negative_numbers_become_zero_and_nan_stays() {
        let values = constrained(Constraint::NonNeg, 3, &[-1.0, 2.0, -0.5, 0.25, f64::NAN, -3.0]);
        assert_eq!(values[..4], [0.0, 2.0, 0.0, 0.25]);
        assert!(values[4].is_nan() && values[5] == 0.0);
        assert!(constrained(Constraint::MaxNorm(1.0), 1, &[f64::NAN, 3.0])[0].is_nan());
    }
}
