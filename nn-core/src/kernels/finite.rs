//! Whether all of many numbers are finite.

use crate::executor::Executor;
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, dispatch};

/// Sums that go side by side.
const LANES: usize = 64;
/// After so many elements the sums are looked at.
const BLOCK: usize = 64 * LANES;

struct AllFinite<'a, T>(&'a [T]);

impl<T: Scalar> Kernel for AllFinite<'_, T> {
    type Output = bool;
    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> bool {
        for block in self.0.chunks(BLOCK) {
            let mut sums = [T::ZERO; LANES];
            let (rows, rest) = block.as_chunks::<LANES>();
            for row in rows {
                for i in 0..LANES {
                    sums[i] += row[i] * T::ZERO;
                }
            }
            for (sum, x) in sums.iter_mut().zip(rest) {
                *sum += *x * T::ZERO;
            }
            if !sums.iter().all(|sum| *sum == T::ZERO) {
                return false;
            }
        }
        true
    }
}

/// Whether no element is infinite or NaN: zero times a finite number is zero, and a sum of such is NaN as soon as one is not finite.
pub fn all_finite<T: Scalar>(values: &[T]) -> bool {
    dispatch(AllFinite(values))
}

/// At least so many elements are worth a thread of their own.
const GRAIN: usize = 1 << 16;

/// [`all_finite`], on the executor's threads.
pub fn all_finite_on<T: Scalar>(executor: &dyn Executor, values: &[T]) -> bool {
    if executor.threads() < 2 || values.len() <= GRAIN {
        return all_finite(values);
    }
    let (a, b) = values.split_at(values.len() / 2);
    let (mut first, mut second) = (false, false);
    executor.join(&mut || first = all_finite_on(executor, a), &mut || second = all_finite_on(executor, b));
    first && second
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::Serial;
    use crate::layers::testing::Backwards;

    #[test]
    fn one_bad_element_anywhere_is_found() {
        let n = BLOCK + LANES + 3;
        let mut values = std::vec![-1.0f32; n];
        assert!(all_finite(&values));
        for at in [0, 1, LANES, BLOCK - 1, BLOCK, n - 4, n - 1] {
            for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                values[at] = bad;
                assert!(!all_finite(&values), "{at}");
                values[at] = f32::MAX;
            }
        }
        assert!(all_finite(&values) && all_finite::<f64>(&[]));
    }

    #[test]
    fn every_thread_looks_at_its_part() {
        let mut values = std::vec![1.0f32; 3 * GRAIN + 1];
        for executor in [&Serial as &dyn Executor, &Backwards(2)] {
            assert!(all_finite_on(executor, &values));
            for at in [0, GRAIN, 2 * GRAIN, 3 * GRAIN] {
                values[at] = f32::NAN;
                assert!(!all_finite_on(executor, &values), "{at}");
                values[at] = 1.0;
            }
        }
    }
}
