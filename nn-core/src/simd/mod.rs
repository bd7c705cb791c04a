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

/// An instruction set; a value of it is the proof that the machine has it.
pub trait Simd: Copy + Send + Sync + 'static {
    /// The register of `f32` lanes.
    type F32: Vector<Self, f32>;
    /// The register of `f64` lanes.
    type F64: Vector<Self, f64>;
    /// How many vector registers there are: 16 or 32.
    const REGISTERS: usize;
    /// Runs `f` in a function of its own compiled for this instruction set: the border of a block of layers, and the way in
    /// for a thread that takes over part of the work.
    fn call<R>(self, f: impl FnOnce() -> R) -> R;
}

/// A register of lanes of `E`.
pub trait Vector<S, E>: Copy {
    /// The number of lanes.
    const LANES: usize;
    /// `x` in every lane.
    fn splat(simd: S, x: E) -> Self;
    /// The first `LANES` elements of `from`. Panics if there are fewer.
    fn load(simd: S, from: &[E]) -> Self;
    /// All of `from` (at most `LANES` elements), then zeros.
    fn load_partial(simd: S, from: &[E]) -> Self;
    /// Writes the lanes to the first `LANES` elements of `to`. Panics if there are fewer.
    fn store(self, to: &mut [E]);
    /// Writes the first `to.len()` lanes (at most `LANES`).
    fn store_partial(self, to: &mut [E]);
    /// `self * b + c`: with one rounding where the instruction set has it, with two on the portable path.
    fn mul_add(self, b: Self, c: Self) -> Self;
    /// Lane by lane sum.
    fn add(self, other: Self) -> Self;
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

#[cfg(test)]
mod tests;
