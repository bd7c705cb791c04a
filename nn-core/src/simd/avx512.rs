//! AVX-512: sixteen `f32` or eight `f64` a register.

use super::{Kernel, Simd, Vector};
use core::arch::x86_64::*;

/// The proof that AVX-512 F, VL, BW, DQ and FMA are there.
#[derive(Clone, Copy)]
pub struct Avx512(());

/// # Safety
/// The machine has AVX-512 F, VL, BW, DQ and FMA.
#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
pub unsafe fn run<K: Kernel>(kernel: K) -> K::Output {
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
    const REGISTERS: usize = 32;
    #[inline(always)]
    fn call<R>(self, f: impl FnOnce() -> R) -> R {
        // SAFETY: `self` is the proof.
        unsafe { outlined(f) }
    }
}

macro_rules! vector {
    ($name:ident, $raw:ident, $t:ident, $lanes:literal, $mask:ident, $set1:ident, $load:ident, $store:ident, $maskz_load:ident, $mask_store:ident, $fma:ident, $add:ident) => {
        /// One 512-bit register.
        #[derive(Clone, Copy)]
        pub struct $name($raw);

        impl Vector<Avx512, $t> for $name {
            const LANES: usize = $lanes;
            #[inline(always)]
            fn splat(_: Avx512, x: $t) -> Self {
                // SAFETY (this and all below): a token was needed to get here, so the instructions exist.
                Self(unsafe { $set1(x) })
            }
            #[inline(always)]
            fn load(_: Avx512, from: &[$t]) -> Self {
                let from: &[$t; $lanes] = from[..$lanes].as_array().expect("as long as just cut");
                // SAFETY: reads exactly the array.
                Self(unsafe { $load(from.as_ptr()) })
            }
            #[inline(always)]
            fn load_partial(_: Avx512, from: &[$t]) -> Self {
                let count = from.len().min($lanes);
                // SAFETY: the mask covers `count` lanes, all of them inside `from`.
                Self(unsafe { $maskz_load(((1u32 << count) - 1) as $mask, from.as_ptr()) })
            }
            #[inline(always)]
            fn store(self, to: &mut [$t]) {
                let to: &mut [$t; $lanes] = to[..$lanes].as_mut_array().expect("as long as just cut");
                // SAFETY: writes exactly the array.
                unsafe { $store(to.as_mut_ptr(), self.0) }
            }
            #[inline(always)]
            fn store_partial(self, to: &mut [$t]) {
                let count = to.len().min($lanes);
                // SAFETY: the mask covers `count` lanes, all of them inside `to`.
                unsafe { $mask_store(to.as_mut_ptr(), ((1u32 << count) - 1) as $mask, self.0) }
            }
            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                // SAFETY: as in `splat`.
                Self(unsafe { $fma(self.0, b.0, c.0) })
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                // SAFETY: as in `splat`.
                Self(unsafe { $add(self.0, other.0) })
            }
        }
    };
}
vector!(
    F32x16,
    __m512,
    f32,
    16,
    __mmask16,
    _mm512_set1_ps,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_maskz_loadu_ps,
    _mm512_mask_storeu_ps,
    _mm512_fmadd_ps,
    _mm512_add_ps
);
vector!(
    F64x8,
    __m512d,
    f64,
    8,
    __mmask8,
    _mm512_set1_pd,
    _mm512_loadu_pd,
    _mm512_storeu_pd,
    _mm512_maskz_loadu_pd,
    _mm512_mask_storeu_pd,
    _mm512_fmadd_pd,
    _mm512_add_pd
);
