//! Rows brought to mean 0 and standard deviation 1, or to root mean square 1.
//!
//! The values of a row are shifted by its first element, scaled by a power of two where their squares would overflow, and centred twice
//! (Chan, Golub and LeVeque 1983): a large mean or magnitude costs no accuracy. Without centring there is no shift and no mean.

use super::rows::{map_row, sum_row};
use super::statistics::limits;
use crate::executor::{Executor, for_rows, for_rows_of};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, Vector, dispatch};

/// The normalisation of rows of `gamma.len()` elements: `y = gamma * normal + beta` (or without, if `beta` is empty). `CENTRE` says
/// whether the mean is subtracted.
#[derive(Clone, Copy)]
pub struct Normal<'a, T, const CENTRE: bool> {
    /// Added to the variance, or to the mean square.
    pub eps: T,
    /// The scales.
    pub gamma: &'a [T],
    /// The shifts, or none.
    pub beta: &'a [T],
}

/// What normalises one row: `((x - shift) * scale - mean) * inverse`.
#[derive(Clone, Copy)]
struct Measured<T> {
    shift: T,
    scale: T,
    mean: T,
    inverse: T,
}

impl<T: Scalar> Measured<T> {
    #[inline(always)]
    fn of<S: Simd, const CENTRE: bool>(simd: S, x: &[T], eps: T) -> Self {
        let count = T::from_usize(x.len());
        let shift = if CENTRE { x.first().copied().unwrap_or(T::ZERO) } else { T::ZERO };
        let [sum, size] = sums(simd, x, shift, T::ONE);
        let (limit, small) = limits::<T>();
        let (scale, sum) = if size > limit { (small, sums(simd, x, shift, small)[0]) } else { (T::ONE, sum) };
        let mean = if CENTRE { sum / count } else { T::ZERO };
        let (shifts, scales, means) = (splat(simd, shift), splat(simd, scale), splat(simd, mean));
        // What the rounding of that mean left, and the squares.
        let [rest, squares] = sum_row(simd, [x], |[x]| {
            let d = (x - shifts) * scales - means;
            [d, d * d]
        });
        let rest = if CENTRE { rest / count } else { T::ZERO };
        let variance = (squares / count - rest * rest).maximum(T::ZERO);
        Self { shift, scale, mean: mean + rest, inverse: T::ONE / (variance + eps * scale * scale).sqrt() }
    }

    /// Writes the normal row.
    #[inline(always)]
    fn write<S: Simd>(self, simd: S, x: &[T], to: &mut [T]) {
        let (shift, scale) = (splat(simd, self.shift), splat(simd, self.scale));
        let (mean, inverse) = (splat(simd, self.mean), splat(simd, self.inverse));
        map_row(simd, [x], to, |[x]| ((x - shift) * scale - mean) * inverse);
    }
}

#[inline(always)]
fn splat<S: Simd, T: Scalar>(simd: S, x: T) -> T::Vector<S> {
    T::Vector::<S>::splat(simd, x)
}

/// The sums of the deviations from `shift` and of their magnitudes.
#[inline(always)]
fn sums<S: Simd, T: Scalar>(simd: S, x: &[T], shift: T, scale: T) -> [T; 2] {
    let (shift, scale) = (splat(simd, shift), splat(simd, scale));
    sum_row(simd, [x], |[x]| {
        let d = (x - shift) * scale;
        [d, d.abs()]
    })
}

/// Fewer rows are not worth a thread of their own.
const ROWS: usize = 8;

impl<T: Scalar, const CENTRE: bool> Normal<'_, T, CENTRE> {
    #[inline(always)]
    fn width(&self) -> usize {
        self.gamma.len().max(1)
    }

    /// Any number of rows of one sample.
    #[inline(always)]
    pub fn sample<S: Simd>(self, simd: S, x: &[T], y: &mut [T]) {
        for (x, y) in x.chunks_exact(self.width()).zip(y.chunks_exact_mut(self.width())) {
            Measured::of::<S, CENTRE>(simd, x, self.eps).write(simd, x, y);
            self.finish(simd, y);
        }
    }

    /// From the normal row to the output, in place.
    #[inline(always)]
    fn finish<S: Simd>(self, simd: S, y: &mut [T]) {
        let lanes = T::Vector::<S>::LANES;
        let shifts = !self.beta.is_empty();
        for ((y, gamma), at) in y.chunks_mut(lanes).zip(self.gamma.chunks(lanes)).zip((0..).step_by(lanes)) {
            let product = T::Vector::<S>::load(simd, y) * T::Vector::<S>::load(simd, gamma);
            let beta = self.beta.get(at..).unwrap_or_default();
            if shifts { product + T::Vector::<S>::load(simd, beta) } else { product }.store(y);
        }
    }

    /// All rows of a batch, on the executor's threads.
    pub fn batch(self, executor: &dyn Executor, x: &[T], y: &mut [T]) {
        let width = self.width();
        for_rows(executor, y, width, ROWS, &|first, y| {
            dispatch(Forward { normal: self, x: &x[first * width..][..y.len()], y, kept: &mut [] });
        });
    }

    /// [`batch`](Self::batch), and the normal rows into `kept`.
    pub fn train(self, executor: &dyn Executor, x: &[T], y: &mut [T], kept: &mut [T]) {
        let width = self.width();
        for_rows_of(executor, [y, kept], [width; 2], ROWS, &|first, [y, kept]| {
            dispatch(Forward { normal: self, x: &x[first * width..][..y.len()], y, kept });
        });
    }

    /// The gradient of the inputs from that of the outputs and the normal rows.
    pub fn backward(self, executor: &dyn Executor, x: &[T], kept: &[T], dy: &[T], dx: &mut [T]) {
        let width = self.width();
        for_rows(executor, dx, width, ROWS, &|first, dx| {
            let part = first * width..first * width + dx.len();
            dispatch(Backward { normal: self, x: &x[part.clone()], kept: &kept[part.clone()], dy: &dy[part], dx });
        });
    }
}

struct Forward<'a, T, const CENTRE: bool> {
    normal: Normal<'a, T, CENTRE>,
    x: &'a [T],
    y: &'a mut [T],
    /// Where the normal rows go; empty if nobody asks for them.
    kept: &'a mut [T],
}

impl<T: Scalar, const CENTRE: bool> Kernel for Forward<'_, T, CENTRE> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { normal, x, y, kept } = self;
        let width = normal.width();
        if kept.is_empty() {
            return normal.sample(simd, x, y);
        }
        for ((x, y), kept) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)).zip(kept.chunks_exact_mut(width)) {
            Measured::of::<S, CENTRE>(simd, x, normal.eps).write(simd, x, kept);
            y.copy_from_slice(kept);
            normal.finish(simd, y);
        }
    }
}

struct Backward<'a, T, const CENTRE: bool> {
    normal: Normal<'a, T, CENTRE>,
    x: &'a [T],
    kept: &'a [T],
    dy: &'a [T],
    dx: &'a mut [T],
}

impl<T: Scalar, const CENTRE: bool> Kernel for Backward<'_, T, CENTRE> {
    type Output = ();
    /// `dx = (g - mean(g) - normal * mean(g * normal)) / deviation` with `g = gamma * dy`.
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { normal, x, kept, dy, dx } = self;
        let width = normal.width();
        let count = T::from_usize(width);
        let rows = x.chunks_exact(width).zip(kept.chunks_exact(width)).zip(dy.chunks_exact(width));
        for (((x, kept), dy), dx) in rows.zip(dx.chunks_exact_mut(width)) {
            // Measured again: that is cheaper than a place for it.
            let measured = Measured::of::<S, CENTRE>(simd, x, normal.eps);
            let [sum, product] = sum_row(simd, [dy, normal.gamma, kept], |[dy, gamma, kept]| {
                let g = dy * gamma;
                [g, g * kept]
            });
            let mean = splat(simd, if CENTRE { sum / count } else { T::ZERO });
            let (slope, factor) = (splat(simd, product / count), splat(simd, measured.inverse * measured.scale));
            map_row(simd, [dy, normal.gamma, kept], dx, |[dy, gamma, kept]| (dy * gamma - mean - kept * slope) * factor);
        }
    }
}
