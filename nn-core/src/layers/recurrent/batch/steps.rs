//! One step of some samples, forward and back.

use super::super::{Cell, Slopes, cut};
use super::samples::{Skips, part, part_mut};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, Vector};

/// One step of some samples. A slice is as many equal parts as there are samples; `x` and `aux` have `steps` steps in each.
pub struct Step<'a, T: Scalar, C: Cell<T>, const KEEP: bool> {
    pub options: &'a C::Options,
    pub skips: Skips<'a>,
    /// Whether the second product has yet to be taken.
    pub before: bool,
    pub first: usize,
    pub samples: usize,
    /// The place among all steps, and among those that are there.
    pub step: usize,
    pub at: usize,
    pub steps: usize,
    pub x: &'a mut [T],
    pub aux: &'a mut [T],
    pub z: &'a mut [T],
    pub from: &'a mut [T],
    pub h: &'a mut [T],
    pub c: &'a mut [T],
}

impl<T: Scalar, C: Cell<T>, const KEEP: bool> Kernel for Step<'_, T, C, KEEP> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { options, skips, before, first, samples, step, at, steps, x, aux, z, from, h, c } = self;
        let (carry, aux_len) = (c.len() / samples, size_of::<C::Aux>() / size_of::<T>());
        for sample in 0..samples {
            let place = sample * steps + at;
            let (x, z) = (part_mut(x, place, C::COLUMNS), part_mut(z, sample, C::COLUMNS));
            let aux = part_mut(aux, if KEEP { place } else { sample }, aux_len);
            let (h, c, from) = (part_mut(h, sample, C::UNITS), part_mut(c, sample, carry), part_mut(from, sample, C::UNITS));
            if skips.at(first + sample, step) {
                if KEEP && !before {
                    C::leave_out(c, aux);
                }
                continue;
            }
            if before {
                C::before(simd, options, x, z, h, from);
                if KEEP {
                    aux.copy_from_slice(from);
                }
                continue;
            }
            if !C::SEPARATE {
                for (z, x) in z.chunks_mut(T::Vector::<S>::LANES).zip(x.chunks(T::Vector::<S>::LANES)) {
                    (T::Vector::<S>::load(simd, z) + T::Vector::<S>::load(simd, x)).store(z);
                }
                if KEEP {
                    x.copy_from_slice(z);
                }
            }
            C::values::<S, KEEP>(simd, options, x, z, aux, h, c);
        }
    }
}

/// One step back of the samples from `first` on.
pub struct Back<'a, T: Scalar, C: Cell<T>> {
    pub options: &'a C::Options,
    pub skips: Skips<'a>,
    /// Whether the second product is behind.
    pub second: bool,
    pub first: usize,
    pub samples: usize,
    pub at: usize,
    /// The step before, unless this is the first.
    pub last: Option<usize>,
    pub time: usize,
    /// Of all samples.
    pub before: &'a [T],
    pub aux: &'a [T],
    pub start: &'a [T],
    /// Of these.
    pub memory: [&'a mut [T]; 7],
}

impl<T: Scalar, C: Cell<T>> Kernel for Back<'_, T, C> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { options, skips, second, first, samples, at, last, time, before, aux, start, memory } = self;
        let [z, extra, dh, dc, dr, direct, work] = memory;
        let (carry, aux_len) = (dc.len() / samples, size_of::<C::Aux>() / size_of::<T>());
        for sample in 0..samples {
            let (place, all) = (sample * time + at, (first + sample) * time);
            if skips.at(first + sample, at) {
                // As it came so it goes on: nothing through the products.
                if !second {
                    part_mut(direct, sample, C::UNITS).copy_from_slice(part(dh, sample, C::UNITS));
                }
                part_mut(dr, sample, C::COLUMNS).fill(T::ZERO);
                part_mut(z, place, C::COLUMNS).fill(T::ZERO);
                if C::SEPARATE {
                    part_mut(extra, place, C::COLUMNS).fill(T::ZERO);
                }
                continue;
            }
            let step = Slopes {
                z: part_mut(z, place, C::COLUMNS),
                aux: part(aux, all + at, aux_len),
                aux_before: match last {
                    Some(last) => part(aux, all + last, aux_len),
                    None => cut(start, (first + sample) * (C::UNITS + carry) + C::UNITS, carry),
                },
                before: part(before, all + at, C::UNITS),
                dh: part_mut(dh, sample, C::UNITS),
                dc: part_mut(dc, sample, carry),
                dr: part_mut(dr, sample, C::COLUMNS),
                direct: part_mut(direct, sample, C::UNITS),
                work: part_mut(work, sample, C::COLUMNS),
            };
            if second {
                C::slopes_before(simd, options, step)
            } else {
                C::slopes(simd, options, step)
            }
            let (dr, z) = (part(dr, sample, C::COLUMNS), part_mut(z, place, C::COLUMNS));
            if C::SEPARATE {
                part_mut(extra, place, C::COLUMNS).copy_from_slice(dr);
            } else {
                z.copy_from_slice(dr);
            }
        }
    }
}
