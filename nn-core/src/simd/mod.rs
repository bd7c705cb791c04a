//! Vector registers: one trait, one implementation per instruction set, chosen at run time.
//!
//! A kernel is written once, generic over [`Simd`], and marked `#[inline(always)]`. [`dispatch`] runs it inside a function
//! compiled for the best instruction set of the machine. A value of a `Simd` type is the proof that its instructions exist:
//! only [`dispatch`] makes one, so kernels are safe code.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod level;
mod portable;

pub use level::{Level, detected, level, set, warm_up};
pub use portable::Portable;

use core::ops::{Add, Div, Mul, Neg, Sub};

/// An instruction set; a value of it is the proof that the machine has it.
pub trait Simd: Copy + Send + Sync + 'static {
    /// The register of `f32` lanes.
    type F32: Vector<Self, f32>;
    /// The register of `f64` lanes.
    type F64: Vector<Self, f64>;
    /// Whether [`Vector::mul_add`] rounds once.
    const FUSED: bool;
    /// How many vector registers there are: 16 or 32.
    const REGISTERS: usize;
    /// Runs a kernel in a function of its own compiled for this instruction set, whose caller stays small. Unlike the closure of
    /// [`call`](Self::call), which the compiler may leave out of that function if it is long, a kernel is always inside.
    fn outline<K: Kernel>(self, kernel: K) -> K::Output;
    /// Runs `f` in a function of its own compiled for this instruction set: the border of a block of layers, and the way in
    /// for a thread that takes over part of the work.
    fn call<R>(self, f: impl FnOnce() -> R) -> R;
    /// Asks for the cache line of element `at`, which will be needed soon: a hint that changes no result.
    #[inline(always)]
    fn prefetch<E>(self, from: &[E], at: usize) {
        let _ = (from, at);
    }
}

/// A register of lanes of `E`.
///
/// The operators work lane by lane, each with one rounding. So do the functions on bits, which see a lane as an unsigned integer
/// of its size.
pub trait Vector<S, E>:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// The number of lanes.
    const LANES: usize;
    /// Yes or no for each lane.
    type Mask: Copy;
    /// `x` in every lane.
    fn splat(simd: S, x: E) -> Self;
    /// The first `LANES` elements of `from`; if there are fewer, those, then zeros.
    fn load(simd: S, from: &[E]) -> Self;
    /// All of `from` (at most `LANES` elements), then zeros.
    fn load_partial(simd: S, from: &[E]) -> Self;
    /// Writes the lanes to the first `LANES` elements of `to`; if there are fewer, to those.
    fn store(self, to: &mut [E]);
    /// Writes the first `to.len()` lanes (at most `LANES`).
    fn store_partial(self, to: &mut [E]);
    /// `self * b + c`: with one rounding if [`Simd::FUSED`], else with two.
    fn mul_add(self, b: Self, c: Self) -> Self;
    /// `c - self * b`, rounded as in [`mul_add`](Self::mul_add).
    fn neg_mul_add(self, b: Self, c: Self) -> Self;
    /// `self + other`.
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self + other
    }
    /// The square root, correctly rounded.
    fn sqrt(self) -> Self;
    /// `if self < other { self } else { other }`: of NaN and a number, or of 0 and -0, `other`. So `limit.min(x)` keeps a NaN in `x`.
    fn min(self, other: Self) -> Self;
    /// `if self > other { self } else { other }`: of NaN and a number, or of 0 and -0, `other`. So `limit.max(x)` keeps a NaN in `x`.
    fn max(self, other: Self) -> Self;
    /// The same without its sign.
    fn abs(self) -> Self;
    /// The same with the sign of `sign`.
    fn copysign(self, sign: Self) -> Self;
    /// `self < other`; no where either is NaN.
    fn lt(self, other: Self) -> Self::Mask;
    /// `self == other`; no where either is NaN.
    fn eq(self, other: Self) -> Self::Mask;
    /// `yes` where the mask says so, else `no`.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
    /// The bits of both.
    fn and_bits(self, other: Self) -> Self;
    /// The bits of either.
    fn or_bits(self, other: Self) -> Self;
    /// The sum as integers.
    fn add_bits(self, other: Self) -> Self;
    /// The difference as integers.
    fn sub_bits(self, other: Self) -> Self;
    /// The lowest bits moved up to where the exponent is.
    fn bits_to_exponent(self) -> Self;
    /// Sign and exponent moved down to the lowest bits.
    fn exponent_to_bits(self) -> Self;
}

/// Copies as much as there is room for, in pieces of fixed sizes: no call, no loop.
#[inline(always)]
fn copy_prefix<E: Copy, const N: usize>(lanes: &[E; N], mut to: &mut [E]) {
    let mut from = &lanes[..];
    copy_piece::<E, 16>(&mut from, &mut to);
    copy_piece::<E, 8>(&mut from, &mut to);
    copy_piece::<E, 4>(&mut from, &mut to);
    copy_piece::<E, 2>(&mut from, &mut to);
    copy_piece::<E, 1>(&mut from, &mut to);
}

#[inline(always)]
fn copy_piece<E: Copy, const N: usize>(from: &mut &[E], to: &mut &mut [E]) {
    if let (Some((piece, rest)), true) = (from.split_first_chunk::<N>(), to.len() >= N)
        && let Some((place, rest_to)) = core::mem::take(to).split_first_chunk_mut::<N>()
    {
        *place = *piece;
        (*from, *to) = (rest, rest_to);
    }
}

/// Work that is compiled once per instruction set.
pub trait Kernel {
    /// What the work returns.
    type Output;
    /// Does the work. Implementations are `#[inline(always)]`, so that the caller's instruction set applies to them.
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

/// Runs `kernel` on the best instruction set of this machine (or the one chosen by [`set`]).
#[inline]
pub fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    match level() {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `level` returns `Avx512` only where detection found every feature that the function is compiled for.
        Level::Avx512 => unsafe { avx512::run(kernel) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above, for AVX2 and FMA.
        Level::Avx2 => unsafe { avx2::run(kernel) },
        _ => kernel.run(Portable::new()),
    }
}

/// Runs `kernel` on one instruction set, if the machine has it. Unlike [`set`] it leaves alone what runs at the same time.
#[cfg(test)]
pub(crate) fn run_at<K: Kernel>(wanted: Level, kernel: K) -> Option<K::Output> {
    if wanted > detected() {
        return None;
    }
    Some(match wanted {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: detected.
        Level::Avx512 => unsafe { avx512::run(kernel) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: detected; whatever has AVX-512 has AVX2 and FMA.
        Level::Avx2 => unsafe { avx2::run(kernel) },
        _ => kernel.run(Portable::new()),
    })
}

#[cfg(test)]
mod tests;
