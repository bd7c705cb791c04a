//! The path that every target has: arrays of lanes, left to the compiler's vectoriser.

use super::{Simd, Vector};

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
    const REGISTERS: usize = 16;
    #[inline(never)]
    fn call<R>(self, f: impl FnOnce() -> R) -> R {
        f()
    }
}

/// `N` lanes as an array.
#[derive(Clone, Copy, Debug)]
#[repr(align(16))]
pub struct Lanes<E, const N: usize>([E; N]);

impl<E: Copy + Default + core::ops::Mul<Output = E> + core::ops::Add<Output = E>, const N: usize> Vector<Portable, E> for Lanes<E, N> {
    const LANES: usize = N;
    #[inline(always)]
    fn splat(_: Portable, x: E) -> Self {
        Self([x; N])
    }
    #[inline(always)]
    fn load(_: Portable, from: &[E]) -> Self {
        let mut lanes = [E::default(); N];
        lanes.copy_from_slice(&from[..N]);
        Self(lanes)
    }
    #[inline(always)]
    fn load_partial(_: Portable, from: &[E]) -> Self {
        let mut lanes = [E::default(); N];
        for (lane, x) in lanes.iter_mut().zip(from) {
            *lane = *x;
        }
        Self(lanes)
    }
    #[inline(always)]
    fn store(self, to: &mut [E]) {
        to[..N].copy_from_slice(&self.0);
    }
    #[inline(always)]
    fn store_partial(self, to: &mut [E]) {
        for (x, lane) in to.iter_mut().zip(self.0) {
            *x = lane;
        }
    }
    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        Self(core::array::from_fn(|i| self.0[i] * b.0[i] + c.0[i]))
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(core::array::from_fn(|i| self.0[i] + other.0[i]))
    }
}
