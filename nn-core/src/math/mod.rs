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
use crate::simd::{Kernel, Simd, Vector, dispatch};

/// `1 / sqrt(x)`; infinite at 0, NaN below.
#[inline(always)]
pub fn rsqrt<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: V) -> V {
    V::splat(simd, T::ONE) / x.sqrt()
}

/// The constant `x`, rounded, in every lane.
#[inline(always)]
pub fn constant<S: Simd, T: Scalar, V: Vector<S, T>>(simd: S, x: f64) -> V {
    V::splat(simd, T::from_f64(x))
}

/// A slice through one of the logarithms.
struct InPlace<'a, T> {
    y: &'a mut [T],
    one_plus: bool,
}

impl<T: Scalar> Kernel for InPlace<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        for y in self.y.chunks_mut(T::Vector::<S>::LANES) {
            let x = T::Vector::<S>::load(simd, y);
            if self.one_plus { ln_1p(simd, x) } else { ln(simd, x) }.store(y);
        }
    }
}

/// `y = ln(y)`, on the best instruction set of the machine.
#[inline(never)]
pub(crate) fn ln_in_place<T: Scalar>(y: &mut [T]) {
    dispatch(InPlace { y, one_plus: false });
}

/// `y = ln(1 + y)`, on the best instruction set of the machine.
#[inline(never)]
pub(crate) fn ln_1p_in_place<T: Scalar>(y: &mut [T]) {
    dispatch(InPlace { y, one_plus: true });
}

/// The same as [`ln`] in one lane.
pub(crate) fn ln_of<T: Scalar>(x: T) -> T {
    let mut y = [x];
    ln_in_place(&mut y);
    y[0]
}
