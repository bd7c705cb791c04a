//! Batches: products over samples, step by step; and the way back.
//!
//! Threads share out the samples. Each goes through time with its own, so they wait for each other once, not at every step.

use super::{Cell, RecurrentScratch, STEPS, Slopes};
use crate::executor::Executor;
use crate::kernels::{add_bias_gradient, multiply_batch, multiply_columns, multiply_transposed};
use crate::layer::Training;
use crate::memory::{Zeroable, flat_mut, part_of_each};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, Vector, dispatch};

/// What a training step keeps, of each sample and step, and the memory of its passes.
#[repr(C, align(64))]
pub struct RecurrentCache<T: Scalar, C: Cell<T>, const TIME: usize, const B: usize> {
    /// First `x kernel + bias`, then what the cell keeps of its gates, then their gradients.
    z: [[C::Gates; TIME]; B],
    /// The gradients of the recurrent product, where they are others.
    extra: [[C::Extra; TIME]; B],
    /// `h` before each step, dropped.
    before: [[C::Units; TIME]; B],
    aux: [[C::Aux; TIME]; B],
    /// The factors of recurrent dropout: the same at every step.
    mask: [C::Units; B],
    /// The recurrent product of one step, or its gradient.
    row: [C::Gates; B],
    work: [C::Gates; B],
    /// The state between two steps, or its gradient.
    h: [C::Units; B],
    c: [C::Carry; B],
    from: [C::Units; B],
}

// SAFETY: runs of scalars, for which zero bits are zero.
unsafe impl<T: Scalar, C: Cell<T>, const TIME: usize, const B: usize> Zeroable for RecurrentCache<T, C, TIME, B> {}

/// Threads take at least so many samples: the weights are packed for each of them, at every step.
const GRAIN: usize = 4;

/// `(first sample, samples, their parts of the slices)`.
type Work<'a, T, const K: usize> = dyn Fn(usize, usize, [&mut [T]; K]) + Sync + 'a;

/// Cuts slices, each of which is `samples` equal parts, between samples, and calls `work` for each piece on the
/// executor's threads.
fn for_samples<T: Send, const K: usize>(
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
fn share(executor: &dyn Executor, samples: usize) -> usize {
    samples.div_ceil(executor.threads().max(1)).next_multiple_of(GRAIN)
}

/// Part number `i` of several equal ones.
fn part<T>(values: &[T], i: usize, len: usize) -> &[T] {
    &values[i * len..][..len]
}

fn part_mut<T>(values: &mut [T], i: usize, len: usize) -> &mut [T] {
    &mut values[i * len..][..len]
}

/// A layer on its way through time.
pub struct Way<'a, T: Scalar, C: Cell<T>> {
    /// The layer.
    pub cell: &'a C,
    /// Its options.
    pub options: &'a C::Options,
    /// The number of steps.
    pub time: usize,
    /// Whether the last step comes first.
    pub backwards: bool,
    /// Whether each step is given out.
    pub sequences: bool,
}

/// One step of some samples. A slice is as many equal parts as there are samples; `x` and `aux` have `steps` steps in each.
struct Step<'a, T: Scalar, C: Cell<T>, const KEEP: bool> {
    options: &'a C::Options,
    /// Whether the second product has yet to be taken.
    before: bool,
    samples: usize,
    at: usize,
    steps: usize,
    x: &'a mut [T],
    aux: &'a mut [T],
    z: &'a mut [T],
    from: &'a mut [T],
    h: &'a mut [T],
    c: &'a mut [T],
}

impl<T: Scalar, C: Cell<T>, const KEEP: bool> Kernel for Step<'_, T, C, KEEP> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { options, before, samples, at, steps, x, aux, z, from, h, c } = self;
        let (carry, aux_len) = (c.len() / samples, size_of::<C::Aux>() / size_of::<T>());
        for sample in 0..samples {
            let place = sample * steps + at;
            let (x, z) = (part_mut(x, place, C::COLUMNS), part_mut(z, sample, C::COLUMNS));
            let aux = part_mut(aux, if KEEP { place } else { sample }, aux_len);
            let (h, c, from) = (part_mut(h, sample, C::UNITS), part_mut(c, sample, carry), part_mut(from, sample, C::UNITS));
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
struct Back<'a, T: Scalar, C: Cell<T>> {
    options: &'a C::Options,
    /// Whether the second product is behind.
    second: bool,
    first: usize,
    samples: usize,
    at: usize,
    /// The step before, unless this is the first.
    last: Option<usize>,
    time: usize,
    /// Of all samples.
    before: &'a [T],
    aux: &'a [T],
    /// Of these.
    memory: [&'a mut [T]; 7],
}

impl<T: Scalar, C: Cell<T>> Kernel for Back<'_, T, C> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { options, second, first, samples, at, last, time, before, aux, memory } = self;
        let [z, extra, dh, dc, dr, direct, work] = memory;
        let (carry, aux_len) = (dc.len() / samples, size_of::<C::Aux>() / size_of::<T>());
        for sample in 0..samples {
            let (place, all) = (sample * time + at, (first + sample) * time);
            let step = Slopes {
                z: part_mut(z, place, C::COLUMNS),
                aux: part(aux, all + at, aux_len),
                aux_before: last.map_or(&[], |last| part(aux, all + last, aux_len)),
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

impl<T: Scalar, C: Cell<T>> Way<'_, T, C> {
    /// Inference on a batch.
    pub fn predict<const B: usize>(
        &self,
        x: &[T],
        y: &mut [T],
        samples: usize,
        scratch: &mut RecurrentScratch<T, C, B>,
        executor: &dyn Executor,
    ) {
        let RecurrentScratch { x: products, z, from, h, c, aux } = scratch;
        let products = flat_mut::<T, _>(&mut products[..samples]);
        let [z, from] = [flat_mut(&mut z[..samples]), flat_mut(&mut from[..samples])];
        let [h, c, aux] = [flat_mut(&mut h[..samples]), flat_mut(&mut c[..samples]), flat_mut(&mut aux[..samples])];
        let memory = [y, products, aux, &mut [], z, from, h, c];
        for_samples(executor, 0, samples, share(executor, samples), memory, &|first, samples, memory| {
            self.forward::<false>(x, STEPS, first, samples, &[], memory);
        });
    }

    /// The forward pass of a training step.
    pub fn train<const TIME: usize, const B: usize>(
        &self,
        x: &[T],
        y: &mut [T],
        samples: usize,
        cache: &mut RecurrentCache<T, C, TIME, B>,
        training: &Training<'_>,
    ) {
        let RecurrentCache { z: products, before, aux, mask, row, h, c, from, .. } = cache;
        let products = flat_mut::<T, _>(&mut products[..samples]);
        multiply_batch(training.executor, x, self.cell.kernel(), C::COLUMNS, self.cell.biases()[0], products, &|_| ());
        let mask = flat_mut(&mut mask[..samples]);
        let mask = if C::recurrent_dropout(self.options) > 0.0 {
            for (sample, mask) in mask.chunks_mut(C::UNITS).enumerate() {
                draw_mask(C::recurrent_dropout(self.options), training, sample, mask);
            }
            &*mask
        } else {
            &[]
        };
        let [aux, before] = [flat_mut(&mut aux[..samples]), flat_mut(&mut before[..samples])];
        let [row, from] = [flat_mut(&mut row[..samples]), flat_mut(&mut from[..samples])];
        let [h, c] = [flat_mut(&mut h[..samples]), flat_mut(&mut c[..samples])];
        let memory = [y, products, aux, before, row, from, h, c];
        for_samples(training.executor, 0, samples, share(training.executor, samples), memory, &|first, samples, memory| {
            self.forward::<true>(x, TIME, first, samples, mask, memory);
        });
    }

    /// The samples from `first` on, `steps` steps at a time. If `KEEP`, the inputs' products are there, and `steps` is all of them.
    fn forward<const KEEP: bool>(&self, x: &[T], steps: usize, first: usize, samples: usize, mask: &[T], memory: [&mut [T]; 8]) {
        let [y, products, aux, before, z, from, h, c] = memory;
        let (cell, time) = (self.cell, self.time);
        let [bias, recurrent_bias] = cell.biases();
        h.fill(T::ZERO);
        c.fill(T::ZERO);
        for done in (0..time).step_by(steps) {
            let count = steps.min(time - done);
            let from_step = if self.backwards { time - done - count } else { done };
            if !KEEP {
                for (sample, products) in products.chunks_mut(steps * C::COLUMNS).enumerate() {
                    let x = &x[((first + sample) * time + from_step) * C::IN..][..count * C::IN];
                    T::forward(x, cell.kernel(), C::COLUMNS, bias, &mut products[..count * C::COLUMNS]);
                }
            }
            for i in 0..count {
                let at = if self.backwards { count - 1 - i } else { i };
                if !mask.is_empty() {
                    multiply(h, &mask[first * C::UNITS..]);
                }
                if KEEP {
                    for (sample, h) in h.chunks(C::UNITS).enumerate() {
                        part_mut(before, sample * steps + at, C::UNITS).copy_from_slice(h);
                    }
                }
                T::forward(h, cell.recurrent_kernel(), C::COLUMNS, if C::SEPARATE { recurrent_bias } else { &[] }, z);
                for before in [true, false] {
                    if before && !C::twice() {
                        continue;
                    }
                    let [x, aux, z, from, h, c] = [&mut *products, &mut *aux, &mut *z, &mut *from, &mut *h, &mut *c];
                    dispatch(Step::<T, C, KEEP> { options: self.options, before, samples, at, steps, x, aux, z, from, h, c });
                    if before {
                        T::forward(from, cell.recurrent_kernel(), C::COLUMNS, &[], z);
                    }
                }
                if self.sequences {
                    for (sample, h) in h.chunks(C::UNITS).enumerate() {
                        part_mut(y, sample * time + done + i, C::UNITS).copy_from_slice(h);
                    }
                }
            }
        }
        if !self.sequences {
            y.copy_from_slice(h);
        }
    }

    /// The backward pass.
    #[allow(clippy::too_many_arguments, reason = "the parts of a pass")]
    pub fn backward<const TIME: usize, const B: usize>(
        &self,
        x: &[T],
        dy: &[T],
        dx: Option<&mut [T]>,
        samples: usize,
        cache: &mut RecurrentCache<T, C, TIME, B>,
        gradient: &mut C,
        executor: &dyn Executor,
    ) {
        let RecurrentCache { z, extra, before, aux, mask, row, work, h, c, from } = cache;
        let (z, extra) = (flat_mut::<T, _>(&mut z[..samples]), flat_mut::<T, _>(&mut extra[..samples]));
        let (before, aux): (&[T], &[T]) = (flat_mut(&mut before[..samples]), flat_mut(&mut aux[..samples]));
        let mask: &[T] = if C::recurrent_dropout(self.options) > 0.0 { flat_mut(&mut mask[..samples]) } else { &[] };
        let [row, work, from] = [flat_mut(&mut row[..samples]), flat_mut(&mut work[..samples]), flat_mut(&mut from[..samples])];
        let [h, c] = [flat_mut(&mut h[..samples]), flat_mut(&mut c[..samples])];
        let memory = [&mut *z, &mut *extra, h, c, row, from, work];
        for_samples(executor, 0, samples, share(executor, samples), memory, &|first, samples, memory| {
            self.back(dy, [before, aux, mask], first, samples, memory);
        });
        let [kernel, recurrent, bias, recurrent_bias] = gradient.tensors();
        multiply_columns(executor, x, C::IN, z, C::COLUMNS, kernel);
        add_bias_gradient(executor, z, bias);
        multiply_columns(executor, before, C::UNITS, if C::SEPARATE { extra } else { z }, C::COLUMNS, recurrent);
        if C::SEPARATE {
            add_bias_gradient(executor, extra, recurrent_bias);
        }
        if C::twice() {
            C::second_gradient(z, extra);
            multiply_columns(executor, aux, C::UNITS, extra, C::COLUMNS, recurrent);
        }
        if let Some(dx) = dx {
            multiply_transposed(executor, z, self.cell.kernel(), C::COLUMNS, dx);
        }
    }

    /// The samples from `first` on, from the last step to the first.
    fn back(&self, dy: &[T], [before, aux, mask]: [&[T]; 3], first: usize, samples: usize, memory: [&mut [T]; 7]) {
        let [z, extra, dh, dc, dr, direct, work] = memory;
        let (time, recurrent) = (self.time, self.cell.recurrent_kernel());
        let truncate = C::truncate(self.options);
        dh.fill(T::ZERO);
        dc.fill(T::ZERO);
        for step in (0..time).rev() {
            let at = |step: usize| if self.backwards { time - 1 - step } else { step };
            let last = step.checked_sub(1).map(at);
            let given = if self.sequences { Some((time, step)) } else { (step + 1 == time).then_some((1, 0)) };
            if let Some((steps, step)) = given {
                for (sample, dh) in dh.chunks_mut(C::UNITS).enumerate() {
                    add(dh, part(dy, (first + sample) * steps + step, C::UNITS));
                }
            }
            let mut run = |second: bool, dh: &mut [T], dr: &mut [T], direct: &mut [T]| {
                let memory = [&mut *z, &mut *extra, dh, &mut *dc, dr, direct, &mut *work];
                let options = self.options;
                dispatch(Back::<T, C> { options, second, first, samples, at: at(step), last, time, before, aux, memory });
            };
            direct.fill(T::ZERO);
            run(false, dh, dr, direct);
            if C::twice() {
                T::input_gradient(dr, recurrent, C::COLUMNS, false, dh);
                run(true, dh, dr, direct);
            }
            T::input_gradient(dr, recurrent, C::COLUMNS, false, dh);
            if C::SEPARATE {
                add(dh, direct);
            }
            if !mask.is_empty() {
                multiply(dh, &mask[first * C::UNITS..]);
            }
            if truncate > 0 && step.is_multiple_of(truncate) {
                dh.fill(T::ZERO);
                dc.fill(T::ZERO);
            }
        }
    }
}

/// The factors of one sample: 0 with probability `rate`, else `1 / (1 - rate)`.
fn draw_mask<T: Scalar>(rate: f64, training: &Training<'_>, sample: usize, mask: &mut [T]) {
    let (random, keep) = (training.random(sample), T::from_f64(1.0 / (1.0 - rate)));
    for (i, factor) in mask.iter_mut().enumerate() {
        *factor = if random.uniform(i) < rate { T::ZERO } else { keep };
    }
}

fn multiply<T: Scalar>(values: &mut [T], factors: &[T]) {
    for (value, factor) in values.iter_mut().zip(factors) {
        *value *= *factor;
    }
}

fn add<T: Scalar>(values: &mut [T], others: &[T]) {
    for (value, other) in values.iter_mut().zip(others) {
        *value += *other;
    }
}
