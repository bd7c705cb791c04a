//! The path that every target has: arrays of lanes, left to the compiler's vectoriser.

use super::{Kernel, Simd, Vector, copy_prefix};
use crate::scalar::Scalar;
use core::array::from_fn;
use core::ops::{Add, Div, Mul, Neg, Sub};

/// Plain Rust.
#[derive(Clone, Copy, Debug)]
pub struct Portable(());

impl Portable {
    /// Needs nothing of the machine, so anyone may have one.
    #[must_use]
    #[inline(always)]
    pub const fn new() -> Self {
        Self(())
    }
}

impl Default for Portable {
    fn default() -> Self {
        Self::new()
    }
}

impl Simd for Portable {
    type F32 = Lanes<f32, 4>;
    type F64 = Lanes<f64, 2>;
    const FUSED: bool = false;
    const REGISTERS: usize = 16;
    #[inline(never)]
    fn outline<K: Kernel>(self, kernel: K) -> K::Output {
        kernel.run(self)
    }
    #[inline(never)]
    fn call<R>(self, f: impl FnOnce() -> R) -> R {
        f()
    }
}

/// `N` lanes as an array.
#[derive(Clone, Copy, Debug)]
#[repr(align(16))]
pub struct Lanes<E, const N: usize>([E; N]);

impl<E: Copy, const N: usize> Lanes<E, N> {
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(E, E) -> E) -> Self {
        Self(from_fn(|i| f(self.0[i], other.0[i])))
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident) => {
        impl<E: Scalar, const N: usize> $trait for Lanes<E, N> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                self.zip(other, E::$method)
            }
        }
    };
}
operator!(Add, add);
operator!(Sub, sub);
operator!(Mul, mul);
operator!(Div, div);

impl<E: Scalar, const N: usize> Neg for Lanes<E, N> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(self.0.map(E::neg))
    }
}

macro_rules! vector {
    ($t:ident, $mantissa:literal) => {
        impl<const N: usize> Vector<Portable, $t> for Lanes<$t, N> {
            const LANES: usize = N;
            type Mask = [bool; N];
            #[inline(always)]
            fn splat(_: Portable, x: $t) -> Self {
                Self([x; N])
            }
            #[inline(always)]
            fn load(simd: Portable, from: &[$t]) -> Self {
                match from.first_chunk::<N>() {
                    Some(from) => Self(*from),
                    None => Self::load_partial(simd, from),
                }
            }
            #[inline(always)]
            fn load_partial(_: Portable, from: &[$t]) -> Self {
                let mut lanes = [0.0; N];
                for (lane, x) in lanes.iter_mut().zip(from) {
                    *lane = *x;
                }
                Self(lanes)
            }
            #[inline(always)]
            fn store(self, to: &mut [$t]) {
                match to.first_chunk_mut::<N>() {
                    Some(to) => *to = self.0,
                    None => self.store_partial(to),
                }
            }
            #[inline(always)]
            fn store_partial(self, to: &mut [$t]) {
                copy_prefix(&self.0, to);
            }
            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                self * b + c
            }
            #[inline(always)]
            fn neg_mul_add(self, b: Self, c: Self) -> Self {
                c - self * b
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                Self(self.0.map(|x| Scalar::sqrt(x)))
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                self.zip(other, |x, y| if x < y { x } else { y })
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                self.zip(other, |x, y| if x > y { x } else { y })
            }
            #[inline(always)]
            fn abs(self) -> Self {
                Self(self.0.map(|x| x.abs()))
            }
            #[inline(always)]
            fn copysign(self, sign: Self) -> Self {
                self.zip(sign, |x, y| x.copysign(y))
            }
            #[inline(always)]
            fn lt(self, other: Self) -> [bool; N] {
                from_fn(|i| self.0[i] < other.0[i])
            }
            #[inline(always)]
            fn eq(self, other: Self) -> [bool; N] {
                from_fn(|i| self.0[i] == other.0[i])
            }
            #[inline(always)]
            fn select(mask: [bool; N], yes: Self, no: Self) -> Self {
                Self(from_fn(|i| if mask[i] { yes.0[i] } else { no.0[i] }))
            }
            #[inline(always)]
            fn and_bits(self, other: Self) -> Self {
                self.zip(other, |x, y| $t::from_bits(x.to_bits() & y.to_bits()))
            }
            #[inline(always)]
            fn or_bits(self, other: Self) -> Self {
                self.zip(other, |x, y| $t::from_bits(x.to_bits() | y.to_bits()))
            }
            #[inline(always)]
            fn add_bits(self, other: Self) -> Self {
                self.zip(other, |x, y| $t::from_bits(x.to_bits().wrapping_add(y.to_bits())))
            }
            #[inline(always)]
            fn sub_bits(self, other: Self) -> Self {
                self.zip(other, |x, y| $t::from_bits(x.to_bits().wrapping_sub(y.to_bits())))
            }
            #[inline(always)]
            fn bits_to_exponent(self) -> Self {
                Self(self.0.map(|x| $t::from_bits(x.to_bits() << $mantissa)))
            }
            #[inline(always)]
            fn exponent_to_bits(self) -> Self {
                Self(self.0.map(|x| $t::from_bits(x.to_bits() >> $mantissa)))
            }
        }
    };
}
vector!(f32, 23);
vector!(f64, 52);
