//! What the test suites of `nn` share: golden data, tolerances, a counting allocator, executors, crates outside.

pub mod allocation;
pub mod executors;
pub mod golden;
pub mod networks;
pub mod outside;
pub mod readers;
pub mod safetensors;

use nn::Scalar;

/// Whether `a` is `b` up to a relative (near zero: absolute) difference. NaN is close to nothing.
#[must_use]
pub fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() / (1.0 + b.abs()) <= tolerance
}

/// How near a result must be to the exact one: 1e-9 in `f64`, 1e-5 in `f32`.
#[must_use]
pub fn tolerance<T: Scalar>() -> f64 {
    if T::NAME == "f64" { 1e-9 } else { 1e-5 }
}

/// Asserts that two tensors are [`close`] in every element.
#[track_caller]
pub fn assert_close<T: Scalar>(what: &str, got: &[T], exact: &[f64]) {
    assert_close_within(what, got, exact, tolerance::<T>());
}

/// [`assert_close`] with a tolerance of its own.
#[track_caller]
pub fn assert_close_within<T: Scalar>(what: &str, got: &[T], exact: &[f64], tolerance: f64) {
    assert_eq!(got.len(), exact.len(), "{what}: number of elements");
    for (i, (got, exact)) in got.iter().zip(exact).enumerate() {
        assert!(close(got.to_f64(), *exact, tolerance), "{what}, element {i}, {}: {got}, exact {exact:e}", T::NAME);
    }
}

/// Writes numbers in `-1..1` that follow from `seed`.
pub fn fill<T: Scalar>(seed: u64, values: &mut [T]) {
    for (i, value) in values.iter_mut().enumerate() {
        *value = T::from_f64(2.0 * nn::random::Random::new(seed).uniform(i) - 1.0);
    }
}

/// What "the same bits" compares.
#[must_use]
pub fn bits<T: Scalar>(values: &[T]) -> Vec<u64> {
    values.iter().map(|x| x.to_f64().to_bits()).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn close_is_relative_and_nan_is_close_to_nothing() {
        assert!(super::close(1e9 + 0.5, 1e9, 1e-9) && super::close(5e-10, 0.0, 1e-9));
        assert!(!super::close(1e-8, 0.0, 1e-9) && !super::close(f64::NAN, f64::NAN, 1.0) && !super::close(f64::INFINITY, 1.0, 1.0));
    }
}
