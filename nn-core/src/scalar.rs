//! The number type of a network: `f32` or `f64`.

use crate::kernels::{Convolutions, Products};
use crate::math::Constants;
use crate::memory::{Packed, Plain};
use crate::simd::{Simd, Vector};
use core::fmt::{Debug, Display};
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// `f32` or `f64`. Sealed: kernels, file formats and tests know both and only both.
///
/// The functions are the same on every platform: they come from `libm`'s Rust code, never from the system. They take one number at
/// a time and are meant for setting up; activations and losses compute whole registers with [`math`](crate::math), whose last bits
/// may differ.
pub trait Scalar:
    Products
    + Convolutions
    + sealed::Sealed
    + Constants
    + nalgebra::Scalar
    + Copy
    + Plain
    + Packed<Self>
    + Default
    + PartialOrd
    + Debug
    + Display
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + core::iter::Sum
    + nalgebra::ClosedAddAssign
{
    /// The register type of this scalar on an instruction set.
    type Vector<S: Simd>: Vector<S, Self>;
    /// `"f32"` or `"f64"`.
    const NAME: &'static str;
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Not a number.
    const NAN: Self;
    /// The distance from 1 to the next larger number.
    const EPSILON: Self;
    /// The nearest representable number.
    fn from_f64(x: f64) -> Self;
    /// The same number as `f64`, exactly.
    fn to_f64(self) -> f64;
    /// The nearest representable number to a count.
    fn from_usize(n: usize) -> Self {
        Self::from_f64(n as f64)
    }
    /// Whether the number is neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// Whether the number is NaN.
    fn is_nan(self) -> bool;
    /// |x|.
    fn abs(self) -> Self;
    /// The square root, correctly rounded.
    fn sqrt(self) -> Self;
    /// e^x.
    fn exp(self) -> Self;
    /// e^x - 1, exact near 0.
    fn exp_m1(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// ln(1 + x), exact near 0.
    fn ln_1p(self) -> Self;
    /// The hyperbolic tangent.
    fn tanh(self) -> Self;
    /// The error function.
    fn erf(self) -> Self;
    /// x^y.
    fn powf(self, y: Self) -> Self;
    /// The larger number; NaN if either is NaN (`f32::max` would drop it).
    #[inline(always)]
    fn maximum(self, other: Self) -> Self {
        if self > other || self.is_nan() { self } else { other }
    }
    /// The smaller number; NaN if either is NaN.
    #[inline(always)]
    fn minimum(self, other: Self) -> Self {
        if self < other || self.is_nan() { self } else { other }
    }
}

macro_rules! scalar {
    ($t:ident, $vector:ident, $sqrt:path, $exp:path, $expm1:path, $ln:path, $ln1p:path, $tanh:path, $erf:path, $pow:path) => {
        impl Scalar for $t {
            type Vector<S: Simd> = S::$vector;
            const NAME: &'static str = stringify!($t);
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const NAN: Self = $t::NAN;
            const EPSILON: Self = $t::EPSILON;
            #[inline(always)]
            fn from_f64(x: f64) -> Self {
                x as $t
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                $t::is_finite(self)
            }
            #[inline(always)]
            fn is_nan(self) -> bool {
                $t::is_nan(self)
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $t::abs(self)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                // Both are correctly rounded; std's is one instruction that vectorises.
                #[cfg(feature = "std")]
                {
                    $t::sqrt(self)
                }
                #[cfg(not(feature = "std"))]
                {
                    $sqrt(self)
                }
            }
            #[inline]
            fn exp(self) -> Self {
                $exp(self)
            }
            #[inline]
            fn exp_m1(self) -> Self {
                $expm1(self)
            }
            #[inline]
            fn ln(self) -> Self {
                $ln(self)
            }
            #[inline]
            fn ln_1p(self) -> Self {
                $ln1p(self)
            }
            #[inline]
            fn tanh(self) -> Self {
                $tanh(self)
            }
            #[inline]
            fn erf(self) -> Self {
                $erf(self)
            }
            #[inline]
            fn powf(self, y: Self) -> Self {
                $pow(self, y)
            }
        }
    };
}
scalar!(f32, F32, libm::sqrtf, libm::expf, libm::expm1f, libm::logf, libm::log1pf, libm::tanhf, libm::erff, libm::powf);
scalar!(f64, F64, libm::sqrt, libm::exp, libm::expm1, libm::log, libm::log1p, libm::tanh, libm::erf, libm::pow);
