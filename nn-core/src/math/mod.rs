//! Exponentials, logarithms, hyperbolic and error functions of whole registers.
//!
//! Each function is written once for `f32` and `f64` and every instruction set: straight-line code without tables and without a
//! branch, so its time does not depend on its argument. An error is at most 2 units in the last place, 4 for [`erf`] and [`erfc`].
//! NaN goes in and comes out; infinities, zeros with their sign and subnormal numbers are right, as arguments and as results.
//! AVX2 and AVX-512 give the same bits. The portable path rounds multiply-adds twice and may differ in the last bits, within the
//! same bounds, but it is the same on every machine.
//!
//! Arguments are reduced as by Cody and Waite (Software Manual for the Elementary Functions, 1980); the logarithm is arranged as in
//! fdlibm (Sun Microsystems, 1993). The polynomials are minimax, made by `minimax.py` beside this file.

mod constants;
mod error;
mod exponential;
mod logarithm;
mod polynomial;
#[cfg(test)]
mod tests;

pub use constants::Constants;
pub use error::{erf, erfc};
pub use exponential::{exp, exp_m1, exp_nonpositive, sigmoid, sigmoid_and_rest, tanh};
pub use logarithm::{ln, ln_1p};

use crate::scalar::Scalar;
use crate::simd::{Simd, Vector};

/// `1 / sqrt(x)`; infinite at 0, NaN below.
#[inline(always)]
pub fn rsqrt<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    V::splat(simd, T::ONE) / x.sqrt()
}

/// The constant `x` in every lane.
#[inline(always)]
fn constant<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: f64) -> V {
    V::splat(simd, T::from_f64(x))
}
