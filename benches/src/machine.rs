//! What the machine can do: multiply-adds a second, and bytes read a second from each level of its memory.

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
        total = total + sum;
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

/// As many multiply-adds in registers as [`peak_flops`] says.
pub fn multiply_adds() {
    black_box(dispatch(MultiplyAdds(black_box(0.5))));
}

/// The `f32` operations (a multiply-add is two) of [`multiply_adds`].
#[must_use]
pub fn peak_flops() -> f64 {
    (2 * CHAINS * LINKS * dispatch(Lanes)) as f64
}

/// One cache line.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line([f32; 16]);

/// Memory to be read over and over.
pub struct Block(Vec<Line>);

impl Block {
    /// So many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self(vec![Line([1.0; 16]); bytes.div_ceil(64)])
    }

    /// Reads all of it.
    pub fn read(&self) {
        black_box(dispatch(Read(black_box(&self.0))));
    }

    /// How many bytes there are.
    #[must_use]
    pub fn bytes(&self) -> f64 {
        size_of_val(&*self.0) as f64
    }
}

struct Read<'a>(&'a [Line]);

impl Kernel for Read<'_> {
    type Output = f32;
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> f32 {
        // Enough sums for two loads a cycle, whatever the width.
        const LINES: usize = 8;
        let mut sums = [S::F32::splat(simd, 0.0); LINES];
        for lines in self.0.as_chunks::<LINES>().0 {
            for (line, sum) in lines.iter().zip(&mut sums) {
                for at in (0..16).step_by(S::F32::LANES) {
                    *sum = *sum + S::F32::load(simd, &line.0[at..]);
                }
            }
        }
        first_lane::<S>(simd, sums)
    }
}

/// Arrays that are read together, of which all but the second are written: what an optimiser moves, and next to no arithmetic.
pub struct Traffic<const K: usize>([Vec<Line>; K]);

impl<const K: usize> Traffic<K> {
    /// Arrays of so many `f32`.
    #[must_use]
    pub fn new(elements: usize) -> Self {
        Self(core::array::from_fn(|_| vec![Line([0.0; 16]); elements.div_ceil(16)]))
    }

    /// Adds the second to all others.
    pub fn pass(&mut self) {
        dispatch(Add(black_box(&mut self.0)));
    }
}

struct Add<'a, const K: usize>(&'a mut [Vec<Line>; K]);

impl<const K: usize> Kernel for Add<'_, K> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let mut arrays = self.0.each_mut().map(|array| array.iter_mut());
        loop {
            let lines = arrays.each_mut().map(|array| array.next());
            let Some(second) = lines.get(1).and_then(|line| line.as_ref().map(|line| **line)) else { return };
            for line in lines.into_iter().enumerate().filter_map(|(i, line)| line.filter(|_| i != 1)) {
                for at in (0..16).step_by(S::F32::LANES) {
                    let sum = S::F32::load(simd, &line.0[at..]) + S::F32::load(simd, &second.0[at..]);
                    sum.store(&mut line.0[at..]);
                }
            }
        }
    }
}
