//! The channels of one sample, normalised in groups over all its places.
//!
//! Shifted, scaled and centred twice as rows are (see [`Normal`](super::Normal)), but the sums are taken channel by channel, neighbouring
//! channels side by side, and then the channels of a group are added from left to right: so a group may have one channel or all.

use super::rows::{cut, cut_mut};
use super::statistics::{GROUP, WIDTH, limits};
use crate::scalar::Scalar;

/// The memory of one sample: so many numbers a channel.
pub const MEMORY: usize = 8;

/// The normalisation of samples of `gamma.len()` channels in groups.
#[derive(Clone, Copy)]
pub struct Groups<'a, T> {
    /// How many groups there are; they divide the channels.
    pub groups: usize,
    /// Added to the variance.
    pub eps: T,
    /// The scales of the channels.
    pub gamma: &'a [T],
    /// Their shifts.
    pub beta: &'a [T],
}

/// The memory of one sample, row after row.
pub struct GroupSums<'a, T> {
    shift: &'a mut [T],
    scale: &'a mut [T],
    mean: &'a mut [T],
    inverse: &'a mut [T],
    /// Two sums a channel. After a backward pass: of `dy` and of `dy * normal`.
    pub sums: [&'a mut [T]; 2],
    /// Two means a group, repeated for each of its channels.
    means: [&'a mut [T]; 2],
}

impl<'a, T: Scalar> GroupSums<'a, T> {
    /// The rows of `memory`, which has [`MEMORY`] numbers a channel.
    #[inline(always)]
    #[must_use]
    pub fn of(memory: &'a mut [T]) -> Self {
        let channels = (memory.len() / MEMORY).max(1);
        let mut rows = memory.chunks_exact_mut(channels);
        let mut next = || rows.next().unwrap_or_default();
        Self { shift: next(), scale: next(), mean: next(), inverse: next(), sums: [next(), next()], means: [next(), next()] }
    }
}

impl<T: Scalar> Groups<'_, T> {
    /// Channels in a group.
    #[inline(always)]
    fn width(&self) -> usize {
        (self.gamma.len() / self.groups.max(1)).max(1)
    }

    /// Measures a sample.
    #[inline(always)]
    fn measure(self, x: &[T], memory: &mut GroupSums<'_, T>) {
        let (width, channels) = (self.width(), self.gamma.len());
        let count = T::from_usize(x.len() / self.groups.max(1));
        let (limit, small) = limits::<T>();
        let GroupSums { shift, scale, mean, inverse, sums, .. } = memory;
        for (shift, x) in shift.chunks_mut(width).zip(cut(x, 0, channels).chunks(width)) {
            shift.fill(x.first().copied().unwrap_or(T::ZERO));
        }
        scale.fill(T::ONE);
        let deviations = |x: T, _: T, [shift, scale, ..]: [T; 4]| {
            let d = (x - shift) * scale;
            [d, d.abs()]
        };
        column_sums(x, x, channels, [shift, scale, shift, shift], sums, deviations);
        let mut large = false;
        for (scale, sizes) in scale.chunks_mut(width).zip(sums[1].chunks(width)) {
            if total(sizes) > limit {
                scale.fill(small);
                large = true;
            }
        }
        if large {
            column_sums(x, x, channels, [shift, scale, shift, shift], sums, deviations);
        }
        for (mean, sums) in mean.chunks_mut(width).zip(sums[0].chunks(width)) {
            mean.fill(total(sums) / count);
        }
        // What the rounding of that mean left, and the squares.
        column_sums(x, x, channels, [shift, scale, mean, shift], sums, |x, _, [shift, scale, mean, _]| {
            let d = (x - shift) * scale - mean;
            [d, d * d]
        });
        let statistics = mean.chunks_mut(width).zip(inverse.chunks_mut(width)).zip(scale.chunks(width));
        for (((mean, inverse), scale), (rests, squares)) in statistics.zip(sums[0].chunks(width).zip(sums[1].chunks(width))) {
            let rest = total(rests) / count;
            let variance = (total(squares) / count - rest * rest).maximum(T::ZERO);
            let scale = scale.first().copied().unwrap_or(T::ONE);
            mean.iter_mut().for_each(|mean| *mean += rest);
            inverse.fill(T::ONE / (variance + self.eps * scale * scale).sqrt());
        }
    }

    /// One sample forward; what was measured stays in `memory`.
    #[inline(always)]
    pub fn forward(self, x: &[T], y: &mut [T], memory: &mut GroupSums<'_, T>) {
        self.measure(x, memory);
        let channels = self.gamma.len().max(1);
        for (x, y) in x.chunks_exact(channels).zip(y.chunks_exact_mut(channels)) {
            let system = memory.shift.iter().zip(&*memory.scale).zip(memory.mean.iter().zip(&*memory.inverse));
            for (((y, x), ((shift, scale), (mean, inverse))), (gamma, beta)) in
                y.iter_mut().zip(x).zip(system).zip(self.gamma.iter().zip(self.beta))
            {
                *y = ((*x - *shift) * *scale - *mean) * *inverse * *gamma + *beta;
            }
        }
    }

    /// One sample backward, from what [`forward`](Self::forward) left in `memory`; `dx` may be empty.
    #[inline(always)]
    pub fn backward(self, x: &[T], dy: &[T], dx: &mut [T], memory: &mut GroupSums<'_, T>) {
        let (width, channels) = (self.width(), self.gamma.len().max(1));
        let count = T::from_usize(x.len() / self.groups.max(1));
        let GroupSums { shift, scale, mean, inverse, sums, means } = memory;
        column_sums(x, dy, channels, [shift, scale, mean, inverse], sums, |x, dy, [shift, scale, mean, inverse]| {
            [dy, dy * (((x - shift) * scale - mean) * inverse)]
        });
        for (means, sums) in means.iter_mut().zip(&*sums) {
            for ((means, sums), gamma) in means.chunks_mut(width).zip(sums.chunks(width)).zip(self.gamma.chunks(width)) {
                let total = sums.iter().zip(gamma).fold(T::ZERO, |total, (sum, gamma)| total + *sum * *gamma);
                means.fill(total / count);
            }
        }
        for ((x, dy), dx) in x.chunks_exact(channels).zip(dy.chunks_exact(channels)).zip(dx.chunks_exact_mut(channels)) {
            let system = shift.iter().zip(&**scale).zip(mean.iter().zip(&**inverse));
            let means = means[0].iter().zip(&*means[1]);
            for ((((dx, x), dy), ((shift, scale), (mean, inverse))), ((dys, products), gamma)) in
                dx.iter_mut().zip(x).zip(dy).zip(system).zip(means.zip(self.gamma))
            {
                let normal = ((*x - *shift) * *scale - *mean) * *inverse;
                *dx = (*dy * *gamma - *dys - normal * *products) * (*inverse * *scale);
            }
        }
    }
}

/// The sum from left to right.
#[inline(always)]
fn total<T: Scalar>(values: &[T]) -> T {
    values.iter().fold(T::ZERO, |total, x| total + *x)
}

/// Two sums a column over the rows of `x` and `y`: of `f(x, y, the numbers of the column)`, in groups of sixteen rows.
#[inline(always)]
fn column_sums<T: Scalar>(
    x: &[T],
    y: &[T],
    columns: usize,
    numbers: [&[T]; 4],
    to: &mut [&mut [T]; 2],
    f: impl Fn(T, T, [T; 4]) -> [T; 2],
) {
    let columns = columns.max(1);
    for first in (0..columns).step_by(WIDTH) {
        let width = WIDTH.min(columns - first);
        let mut own = [[T::ZERO; 4]; WIDTH];
        for (k, numbers) in numbers.iter().enumerate() {
            for (own, number) in own.iter_mut().zip(cut(numbers, first, width)) {
                own[k] = *number;
            }
        }
        let mut total = [[T::ZERO; 2]; WIDTH];
        for (x, y) in x.chunks(GROUP * columns).zip(y.chunks(GROUP * columns)) {
            let mut group = [[T::ZERO; 2]; WIDTH];
            for (x, y) in x.chunks_exact(columns).zip(y.chunks_exact(columns)) {
                let (x, y) = (cut(x, first, width), cut(y, first, width));
                for (((group, x), y), own) in group.iter_mut().zip(x).zip(y).zip(&own) {
                    let terms = f(*x, *y, *own);
                    group[0] += terms[0];
                    group[1] += terms[1];
                }
            }
            for (total, group) in total.iter_mut().zip(group) {
                total[0] += group[0];
                total[1] += group[1];
            }
        }
        for (k, to) in to.iter_mut().enumerate() {
            for (to, total) in cut_mut(to, first, width).iter_mut().zip(total) {
                *to = total[k];
            }
        }
    }
}
