//! Samples of a batch: shared out among threads, and cut out of their memory.

use super::super::is_padding;
use crate::executor::Executor;
use crate::memory::part_of_each;

/// Threads take at least so many samples: the weights are packed for each of them, at every step.
const GRAIN: usize = 4;

/// `(first sample, samples, their parts of the slices)`.
type Work<'a, T, const K: usize> = dyn Fn(usize, usize, [&mut [T]; K]) + Sync + 'a;

/// Cuts slices, each of which is `samples` equal parts, between samples, and calls `work` for each piece on the
/// executor's threads.
pub fn for_samples<T: Send, const K: usize>(
    executor: &dyn Executor,
    first: usize,
    samples: usize,
    most: usize,
    mut slices: [&mut [T]; K],
    work: &Work<'_, T, K>,
) {
    if samples == 0 {
        return;
    }
    if samples <= most {
        return work(first, samples, slices);
    }
    let half = (samples / 2).next_multiple_of(most);
    let half = if half < samples { half } else { most };
    let mut tails = slices.each_mut().map(|slice| {
        let at = slice.len() / samples * half;
        let (head, tail) = core::mem::take(slice).split_at_mut(at);
        *slice = head;
        tail
    });
    executor.join(&mut || for_samples(executor, first, half, most, part_of_each(&mut slices, |slice| slice), work), &mut || {
        for_samples(executor, first + half, samples - half, most, part_of_each(&mut tails, |slice| slice), work)
    });
}

/// How many samples a thread takes at most.
pub fn share(executor: &dyn Executor, samples: usize) -> usize {
    samples.div_ceil(executor.threads().max(1)).next_multiple_of(GRAIN)
}

/// Part number `i` of several equal ones.
pub fn part<T>(values: &[T], i: usize, len: usize) -> &[T] {
    &values[i * len..][..len]
}

/// Part number `i` of several equal ones, for writing.
pub fn part_mut<T>(values: &mut [T], i: usize, len: usize) -> &mut [T] {
    &mut values[i * len..][..len]
}

/// Which steps of which samples are padding, and so left out.
#[derive(Clone, Copy)]
pub struct Skips<'a> {
    /// An id for each step, 0 of one that is padding; empty if none is.
    pub ids: &'a [u32],
    /// The number of steps.
    pub time: usize,
}

impl Skips<'_> {
    #[inline(always)]
    pub fn at(self, sample: usize, step: usize) -> bool {
        is_padding(self.ids.get(sample * self.time + step))
    }
    /// Whether all steps of a sample are padding.
    pub fn all(self, sample: usize) -> bool {
        !self.ids.is_empty() && (0..self.time).all(|step| self.at(sample, step))
    }
}
