//! What the machine can do: multiply-adds a second, and bytes read a second from each level of its memory.

use crate::timing::median;
use nn::simd::{Kernel, Simd, Vector, dispatch};
use std::hint::black_box;

/// Sums in flight: enough for two units with a latency of four or five cycles, few enough for sixteen registers.
const CHAINS: usize = 12;
const LINKS: usize = 4096;

struct MultiplyAdds(f32);

impl Kernel for MultiplyAdds {
    type Output = f32;
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> f32 {
        let factor = S::F32::splat(simd, self.0);
        let mut sums = [S::F32::splat(simd, 0.0); CHAINS];
        for (i, sum) in sums.iter_mut().enumerate() {
            *sum = S::F32::splat(simd, i as f32);
        }
        for _ in 0..LINKS {
            for sum in &mut sums {
                *sum = factor.mul_add(*sum, factor);
            }
        }
        first_lane::<S>(simd, sums)
    }
}

/// Uses every register, so that none is optimised away.
#[inline(always)]
fn first_lane<S: Simd>(simd: S, sums: impl IntoIterator<Item = S::F32>) -> f32 {
    let mut lanes = [0.0; 16];
    let mut total = S::F32::splat(simd, 0.0);
    for sum in sums {
        total = total.add(sum);
    }
    total.store(&mut lanes);
    lanes[0]
}

struct Lanes;

impl Kernel for Lanes {
    type Output = usize;
    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> usize {
        S::F32::LANES
    }
}

/// `f32` operations (a multiply-add is two) a second of one core, in 1e9.
#[must_use]
pub fn peak_gflops() -> f64 {
    let seconds = median(|| {
        black_box(dispatch(MultiplyAdds(black_box(0.5))));
    });
    (2 * CHAINS * LINKS * dispatch(Lanes)) as f64 / seconds / 1e9
}

struct Read<'a>(&'a [f32]);

impl Kernel for Read<'_> {
    type Output = f32;
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> f32 {
        const WIDTH: usize = 8;
        let mut sums = [S::F32::splat(simd, 0.0); WIDTH];
        for block in self.0.chunks_exact(WIDTH * S::F32::LANES) {
            for i in 0..WIDTH {
                sums[i] = sums[i].add(S::F32::load(simd, &block[i * S::F32::LANES..]));
            }
        }
        first_lane::<S>(simd, sums)
    }
}

/// Bytes a second one core reads, over and over, from a block of so many bytes, in 1e9.
#[must_use]
pub fn read_gbytes(bytes: usize) -> f64 {
    let block = vec![1.0f32; bytes / 4];
    let seconds = median(|| {
        black_box(dispatch(Read(black_box(&block))));
    });
    bytes as f64 / seconds / 1e9
}
