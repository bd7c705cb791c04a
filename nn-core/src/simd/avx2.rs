//! AVX2 and FMA: eight `f32` or four `f64` a register.

use super::{Kernel, Simd, Vector};
use core::arch::x86_64::*;

/// The proof that AVX2 and FMA are there.
#[derive(Clone, Copy)]
pub struct Avx2(());

/// # Safety
/// The machine has AVX2 and FMA.
#[target_feature(enable = "avx2,fma")]
pub unsafe fn run<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Avx2(()))
}

#[inline(never)]
#[target_feature(enable = "avx2,fma")]
unsafe fn outlined<R>(f: impl FnOnce() -> R) -> R {
    f()
}

impl Simd for Avx2 {
    type F32 = F32x8;
    type F64 = F64x4;
    const REGISTERS: usize = 16;
    #[inline(always)]
    fn call<R>(self, f: impl FnOnce() -> R) -> R {
        // SAFETY: `self` is the proof.
        unsafe { outlined(f) }
    }
}

macro_rules! vector {
    ($name:ident, $raw:ident, $t:ident, $lanes:literal, $set1:ident, $load:ident, $store:ident, $fma:ident, $add:ident) => {
        /// One 256-bit register.
        #[derive(Clone, Copy)]
        pub struct $name($raw);

        impl Vector<Avx2, $t> for $name {
            const LANES: usize = $lanes;
            #[inline(always)]
            fn splat(_: Avx2, x: $t) -> Self {
                // SAFETY (this and all below): a token was needed to get here, so the instructions exist.
                Self(unsafe { $set1(x) })
            }
            #[inline(always)]
            fn load(_: Avx2, from: &[$t]) -> Self {
                let from: &[$t; $lanes] = from[..$lanes].as_array().expect("as long as just cut");
                // SAFETY: reads exactly the array.
                Self(unsafe { $load(from.as_ptr()) })
            }
            #[inline(always)]
            fn load_partial(simd: Avx2, from: &[$t]) -> Self {
                let mut lanes = [0.0; $lanes];
                for (lane, x) in lanes.iter_mut().zip(from) {
                    *lane = *x;
                }
                Self::load(simd, &lanes)
            }
            #[inline(always)]
            fn store(self, to: &mut [$t]) {
                let to: &mut [$t; $lanes] = to[..$lanes].as_mut_array().expect("as long as just cut");
                // SAFETY: writes exactly the array.
                unsafe { $store(to.as_mut_ptr(), self.0) }
            }
            #[inline(always)]
            fn store_partial(self, to: &mut [$t]) {
                let mut lanes = [0.0; $lanes];
                self.store(&mut lanes);
                for (x, lane) in to.iter_mut().zip(lanes) {
                    *x = lane;
                }
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
vector!(F32x8, __m256, f32, 8, _mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_fmadd_ps, _mm256_add_ps);
vector!(F64x4, __m256d, f64, 4, _mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_fmadd_pd, _mm256_add_pd);
