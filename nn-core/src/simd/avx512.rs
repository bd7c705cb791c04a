//! AVX-512: sixteen `f32` or eight `f64` a register.

use super::{Kernel, Simd, Vector};
use core::arch::x86_64::{_CMP_EQ_OQ, _CMP_LT_OQ, _MM_HINT_T0, _mm_prefetch};
use core::ops::{Add, Div, Mul, Neg, Sub};

/// The proof that AVX-512 F, VL, BW, DQ and FMA are there.
#[derive(Clone, Copy)]
pub struct Avx512(());

/// # Safety
/// The machine has AVX-512 F, VL, BW, DQ and FMA.
#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
pub unsafe fn run<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Avx512(()))
}

/// # Safety
/// As in [`run`].
#[inline(never)]
#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
unsafe fn run_outlined<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Avx512(()))
}

#[inline(never)]
#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
unsafe fn outlined<R>(f: impl FnOnce() -> R) -> R {
    f()
}

impl Simd for Avx512 {
    type F32 = F32x16;
    type F64 = F64x8;
    const FUSED: bool = true;
    const REGISTERS: usize = 32;
    #[inline(always)]
    fn outline<K: Kernel>(self, kernel: K) -> K::Output {
        // SAFETY: `self` is the proof.
        unsafe { run_outlined(kernel) }
    }
    #[inline(always)]
    fn call<R>(self, f: impl FnOnce() -> R) -> R {
        // SAFETY: `self` is the proof.
        unsafe { outlined(f) }
    }
    #[inline(always)]
    fn prefetch<E>(self, from: &[E], at: usize) {
        if let Some(element) = from.get(at) {
            // SAFETY: the address is that of an element; a prefetch reads nothing.
            unsafe { _mm_prefetch::<{ _MM_HINT_T0 }>(core::ptr::from_ref(element).cast()) }
        }
    }
}

/// The instructions on `f32`.
mod single {
    pub use core::arch::x86_64::{
        __m512 as Register, __mmask16 as Mask, _mm512_add_epi32 as add_bits, _mm512_add_ps as add, _mm512_and_ps as and,
        _mm512_andnot_ps as and_not, _mm512_castps_si512 as to_bits, _mm512_castsi512_ps as from_bits, _mm512_cmp_ps_mask as compare,
        _mm512_div_ps as div, _mm512_fmadd_ps as mul_add, _mm512_fnmadd_ps as neg_mul_add, _mm512_loadu_ps as load,
        _mm512_mask_blend_ps as blend, _mm512_mask_storeu_ps as store_masked, _mm512_maskz_loadu_ps as load_masked, _mm512_max_ps as max,
        _mm512_min_ps as min, _mm512_mul_ps as mul, _mm512_or_ps as or, _mm512_set1_ps as splat, _mm512_slli_epi32 as shift_left,
        _mm512_sqrt_ps as sqrt, _mm512_srli_epi32 as shift_right, _mm512_storeu_ps as store, _mm512_sub_epi32 as sub_bits,
        _mm512_sub_ps as sub, _mm512_xor_ps as xor,
    };
}

/// The instructions on `f64`.
mod double {
    pub use core::arch::x86_64::{
        __m512d as Register, __mmask8 as Mask, _mm512_add_epi64 as add_bits, _mm512_add_pd as add, _mm512_and_pd as and,
        _mm512_andnot_pd as and_not, _mm512_castpd_si512 as to_bits, _mm512_castsi512_pd as from_bits, _mm512_cmp_pd_mask as compare,
        _mm512_div_pd as div, _mm512_fmadd_pd as mul_add, _mm512_fnmadd_pd as neg_mul_add, _mm512_loadu_pd as load,
        _mm512_mask_blend_pd as blend, _mm512_mask_storeu_pd as store_masked, _mm512_maskz_loadu_pd as load_masked, _mm512_max_pd as max,
        _mm512_min_pd as min, _mm512_mul_pd as mul, _mm512_or_pd as or, _mm512_set1_pd as splat, _mm512_slli_epi64 as shift_left,
        _mm512_sqrt_pd as sqrt, _mm512_srli_epi64 as shift_right, _mm512_storeu_pd as store, _mm512_sub_epi64 as sub_bits,
        _mm512_sub_pd as sub, _mm512_xor_pd as xor,
    };
}

macro_rules! vector {
    ($name:ident, $simd:ident, $raw:ident, $t:ident, $lanes:literal, $mantissa:literal, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Copy)]
        pub struct $name($raw::Register);

        impl Add for $name {
            type Output = Self;
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                // SAFETY (this and all below): a token was needed to make `self`, so the instructions exist.
                Self(unsafe { $raw::add(self.0, other.0) })
            }
        }
        impl Sub for $name {
            type Output = Self;
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                // SAFETY: as in `add`.
                Self(unsafe { $raw::sub(self.0, other.0) })
            }
        }
        impl Mul for $name {
            type Output = Self;
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                // SAFETY: as in `add`.
                Self(unsafe { $raw::mul(self.0, other.0) })
            }
        }
        impl Div for $name {
            type Output = Self;
            #[inline(always)]
            fn div(self, other: Self) -> Self {
                // SAFETY: as in `add`.
                Self(unsafe { $raw::div(self.0, other.0) })
            }
        }
        impl Neg for $name {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                // SAFETY: as in `add`.
                Self(unsafe { $raw::xor(self.0, $raw::splat(-0.0)) })
            }
        }

        impl Vector<$simd, $t> for $name {
            const LANES: usize = $lanes;
            type Mask = $raw::Mask;
            #[inline(always)]
            fn splat(_: $simd, x: $t) -> Self {
                // SAFETY: the token says that the instructions exist.
                Self(unsafe { $raw::splat(x) })
            }
            #[inline(always)]
            fn load(simd: $simd, from: &[$t]) -> Self {
                match from.first_chunk::<$lanes>() {
                    // SAFETY: reads exactly the array.
                    Some(from) => Self(unsafe { $raw::load(from.as_ptr()) }),
                    None => Self::load_partial(simd, from),
                }
            }
            #[inline(always)]
            fn load_partial(_: $simd, from: &[$t]) -> Self {
                let count = from.len().min($lanes);
                // SAFETY: the mask covers `count` lanes, all of them inside `from`.
                Self(unsafe { $raw::load_masked(((1u32 << count) - 1) as $raw::Mask, from.as_ptr()) })
            }
            #[inline(always)]
            fn store(self, to: &mut [$t]) {
                match to.first_chunk_mut::<$lanes>() {
                    // SAFETY: writes exactly the array.
                    Some(to) => unsafe { $raw::store(to.as_mut_ptr(), self.0) },
                    None => self.store_partial(to),
                }
            }
            #[inline(always)]
            fn store_partial(self, to: &mut [$t]) {
                let count = to.len().min($lanes);
                // SAFETY: the mask covers `count` lanes, all of them inside `to`.
                unsafe { $raw::store_masked(to.as_mut_ptr(), ((1u32 << count) - 1) as $raw::Mask, self.0) }
            }
            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                // SAFETY: as in `add`.
                Self(unsafe { $raw::mul_add(self.0, b.0, c.0) })
            }
            #[inline(always)]
            fn neg_mul_add(self, b: Self, c: Self) -> Self {
                // SAFETY: as in `add`.
                Self(unsafe { $raw::neg_mul_add(self.0, b.0, c.0) })
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                // SAFETY: as in `add`.
                Self(unsafe { $raw::sqrt(self.0) })
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                // SAFETY: as in `add`.
                Self(unsafe { $raw::min(self.0, other.0) })
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                // SAFETY: as in `add`.
                Self(unsafe { $raw::max(self.0, other.0) })
            }
            #[inline(always)]
            fn abs(self) -> Self {
                // SAFETY: as in `add`.
                Self(unsafe { $raw::and_not($raw::splat(-0.0), self.0) })
            }
            #[inline(always)]
            fn copysign(self, sign: Self) -> Self {
                // SAFETY: as in `add`.
                Self(unsafe { $raw::or($raw::and_not($raw::splat(-0.0), self.0), $raw::and($raw::splat(-0.0), sign.0)) })
            }
            #[inline(always)]
            fn lt(self, other: Self) -> Self::Mask {
                // SAFETY: as in `add`.
                unsafe { $raw::compare::<_CMP_LT_OQ>(self.0, other.0) }
            }
            #[inline(always)]
            fn eq(self, other: Self) -> Self::Mask {
                // SAFETY: as in `add`.
                unsafe { $raw::compare::<_CMP_EQ_OQ>(self.0, other.0) }
            }
            #[inline(always)]
            fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
                // SAFETY: as in `add`.
                Self(unsafe { $raw::blend(mask, no.0, yes.0) })
            }
            #[inline(always)]
            fn and_bits(self, other: Self) -> Self {
                // SAFETY: as in `add`.
                Self(unsafe { $raw::and(self.0, other.0) })
            }
            #[inline(always)]
            fn or_bits(self, other: Self) -> Self {
                // SAFETY: as in `add`.
                Self(unsafe { $raw::or(self.0, other.0) })
            }
            #[inline(always)]
            fn add_bits(self, other: Self) -> Self {
                // SAFETY: as in `add`.
                Self(unsafe { $raw::from_bits($raw::add_bits($raw::to_bits(self.0), $raw::to_bits(other.0))) })
            }
            #[inline(always)]
            fn sub_bits(self, other: Self) -> Self {
                // SAFETY: as in `add`.
                Self(unsafe { $raw::from_bits($raw::sub_bits($raw::to_bits(self.0), $raw::to_bits(other.0))) })
            }
            #[inline(always)]
            fn bits_to_exponent(self) -> Self {
                // SAFETY: as in `add`.
                Self(unsafe { $raw::from_bits($raw::shift_left::<$mantissa>($raw::to_bits(self.0))) })
            }
            #[inline(always)]
            fn exponent_to_bits(self) -> Self {
                // SAFETY: as in `add`.
                Self(unsafe { $raw::from_bits($raw::shift_right::<$mantissa>($raw::to_bits(self.0))) })
            }
        }
    };
}
vector!(F32x16, Avx512, single, f32, 16, 23, "One 512-bit register of `f32`.");
vector!(F64x8, Avx512, double, f64, 8, 52, "One 512-bit register of `f64`.");
