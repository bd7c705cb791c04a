//! Batches: products over samples, step by step; and the way back.
//!
//! Threads share out the samples. Each goes through time with its own, so they wait for each other once, not at every step.

mod samples;
mod steps;

use super::{Cell, Gives, Io, RecurrentScratch, STEPS, begin, cut, put, put_if};
use crate::executor::Executor;
use crate::kernels::{add_bias_gradient, multiply_batch, multiply_columns, multiply_transposed};
use crate::layer::Training;
use crate::memory::{Zeroable, flat_mut};
use crate::scalar::Scalar;
use crate::simd::dispatch;
use samples::{Skips, for_samples, part, part_mut, share};
use steps::{Back, Step};

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
    /// Its recurrent kernel is the layer's, transposed: each step back takes a product with it.
    transposed: C,
}

// SAFETY: runs of scalars, for which zero bits are zero.
unsafe impl<T: Scalar, C: Cell<T>, const TIME: usize, const B: usize> Zeroable for RecurrentCache<T, C, TIME, B> {}

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
    /// What is given out.
    pub gives: Gives,
    /// What it reads, of all samples.
    pub io: Io<'a, T>,
}

impl<T: Scalar, C: Cell<T>> Way<'_, T, C> {
    fn skips(&self) -> Skips<'_> {
        Skips { ids: self.io.ids, time: self.time }
    }

    /// Inference on a batch.
    pub fn predict<const B: usize>(&self, y: &mut [T], samples: usize, scratch: &mut RecurrentScratch<T, C, B>, executor: &dyn Executor) {
        let RecurrentScratch { x: products, z, from, h, c, aux } = scratch;
        let products = flat_mut::<T, _>(&mut products[..samples]);
        let [z, from] = [flat_mut(&mut z[..samples]), flat_mut(&mut from[..samples])];
        let [h, c, aux] = [flat_mut(&mut h[..samples]), flat_mut(&mut c[..samples]), flat_mut(&mut aux[..samples])];
        let memory = [y, products, aux, &mut [], z, from, h, c];
        for_samples(executor, 0, samples, share(executor, samples), memory, &|first, samples, memory| {
            self.forward::<false>(STEPS, first, samples, &[], memory);
        });
    }

    /// The forward pass of a training step.
    pub fn train<const TIME: usize, const B: usize>(
        &self,
        y: &mut [T],
        samples: usize,
        cache: &mut RecurrentCache<T, C, TIME, B>,
        training: &Training<'_>,
    ) {
        let RecurrentCache { z: products, before, aux, mask, row, h, c, from, .. } = cache;
        let products = flat_mut::<T, _>(&mut products[..samples]);
        multiply_batch(training.executor, self.io.x, self.cell.kernel(), C::COLUMNS, self.cell.biases()[0], products, &|_| ());
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
            self.forward::<true>(TIME, first, samples, mask, memory);
        });
    }

    /// The samples from `first` on, `steps` steps at a time. If `KEEP`, the inputs' products are there, and `steps` is all of them.
    fn forward<const KEEP: bool>(&self, steps: usize, first: usize, samples: usize, mask: &[T], memory: [&mut [T]; 8]) {
        let [y, products, aux, before, z, from, h, c] = memory;
        let (cell, time, skips, Io { x, start, .. }) = (self.cell, self.time, self.skips(), self.io);
        let [bias, recurrent_bias] = cell.biases();
        let carry = c.len() / samples;
        for (sample, h) in h.chunks_mut(C::UNITS).enumerate() {
            let len = C::UNITS + carry;
            begin(cut(start, (first + sample) * len, len), h, part_mut(c, sample, carry));
        }
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
                let step = from_step + at;
                if !mask.is_empty() {
                    self.drop_units(first, step, mask, h);
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
                    let options = self.options;
                    dispatch(Step::<T, C, KEEP> { options, skips, before, first, samples, step, at, steps, x, aux, z, from, h, c });
                    if before {
                        T::forward(from, cell.recurrent_kernel(), C::COLUMNS, &[], z);
                    }
                }
                if self.gives == Gives::Each {
                    for (sample, h) in h.chunks(C::UNITS).enumerate() {
                        let y = part_mut(y, sample, time * C::UNITS);
                        let to = (done + i) * C::UNITS;
                        match skips.at(first + sample, step) {
                            false => y[to..][..C::UNITS].copy_from_slice(h),
                            // The output of the step before, or before the first zero.
                            true if to == 0 || C::zero_output_for_mask(self.options) => y[to..][..C::UNITS].fill(T::ZERO),
                            true => y.copy_within(to - C::UNITS..to, to),
                        }
                    }
                }
            }
        }
        if self.gives == Gives::Each {
            return;
        }
        let len = y.len() / samples;
        for (sample, y) in y.chunks_mut(len.max(1)).enumerate() {
            let h = part(h, sample, C::UNITS);
            match self.gives {
                Gives::State => {
                    y[..C::UNITS].copy_from_slice(h);
                    put(part(c, sample, carry), &mut y[C::UNITS..]);
                }
                _ => put_if(!skips.all(first + sample), h, y),
            }
        }
    }

    /// Drops a part of the state of the samples from `first` on, where the step is not left out.
    fn drop_units(&self, first: usize, step: usize, mask: &[T], h: &mut [T]) {
        for (sample, h) in h.chunks_mut(C::UNITS).enumerate() {
            if !self.skips().at(first + sample, step) {
                multiply(h, part(mask, first + sample, C::UNITS));
            }
        }
    }

    /// The backward pass.
    pub fn backward<const TIME: usize, const B: usize>(
        &self,
        dy: &[T],
        [dx, d_start]: [Option<&mut [T]>; 2],
        samples: usize,
        cache: &mut RecurrentCache<T, C, TIME, B>,
        gradient: &mut C,
        executor: &dyn Executor,
    ) {
        let RecurrentCache { z, extra, before, aux, mask, row, work, h, c, from, transposed } = cache;
        let (z, extra) = (flat_mut::<T, _>(&mut z[..samples]), flat_mut::<T, _>(&mut extra[..samples]));
        let (before, aux): (&[T], &[T]) = (flat_mut(&mut before[..samples]), flat_mut(&mut aux[..samples]));
        let mask: &[T] = if C::recurrent_dropout(self.options) > 0.0 { flat_mut(&mut mask[..samples]) } else { &[] };
        let [row, work, from] = [flat_mut(&mut row[..samples]), flat_mut(&mut work[..samples]), flat_mut(&mut from[..samples])];
        let [h, c] = [flat_mut(&mut h[..samples]), flat_mut(&mut c[..samples])];
        let [_, transposed, ..] = transposed.tensors();
        transpose(self.cell.recurrent_kernel(), C::COLUMNS, transposed);
        let transposed = &*transposed;
        let memory = [&mut *z, &mut *extra, &mut *h, &mut *c, row, from, work];
        for_samples(executor, 0, samples, share(executor, samples), memory, &|first, samples, memory| {
            self.back(dy, [before, aux, mask, transposed], first, samples, memory);
        });
        if let Some(d_start) = d_start {
            let len = d_start.len() / samples.max(1);
            for (sample, to) in d_start.chunks_mut(len.max(1)).enumerate() {
                let (to_h, to_c) = to.split_at_mut(C::UNITS);
                to_h.copy_from_slice(part(h, sample, C::UNITS));
                put(part(c, sample, to_c.len()), to_c);
            }
        }
        let [kernel, recurrent, bias, recurrent_bias] = gradient.tensors();
        multiply_columns(executor, self.io.x, C::IN, z, C::COLUMNS, kernel);
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
    fn back(&self, dy: &[T], [before, aux, mask, transposed]: [&[T]; 4], first: usize, samples: usize, memory: [&mut [T]; 7]) {
        let [z, extra, dh, dc, dr, direct, work] = memory;
        let time = self.time;
        let (truncate, skips, start) = (C::truncate(self.options), self.skips(), self.io.start);
        dh.fill(T::ZERO);
        dc.fill(T::ZERO);
        if self.gives == Gives::State {
            let carry = dc.len() / samples;
            for (sample, dh) in dh.chunks_mut(C::UNITS).enumerate() {
                let (dy_h, dy_c) = part(dy, first + sample, C::UNITS + carry).split_at(C::UNITS);
                dh.copy_from_slice(dy_h);
                part_mut(dc, sample, carry).copy_from_slice(dy_c);
            }
        }
        for step in (0..time).rev() {
            let at = |step: usize| if self.backwards { time - 1 - step } else { step };
            let last = step.checked_sub(1).map(at);
            let given = match self.gives {
                Gives::Each => Some((time, step)),
                Gives::Last => (step + 1 == time).then_some((1, 0)),
                Gives::State => None,
            };
            if let Some((steps, place)) = given {
                for (sample, dh) in dh.chunks_mut(C::UNITS).enumerate() {
                    // Before a step that is no padding the output is zero and not the state, or at every other one.
                    let mut outputs =
                        if self.gives == Gives::Each && C::zero_output_for_mask(self.options) { step..=step } else { 0..=step };
                    if outputs.any(|step| !skips.at(first + sample, at(step))) {
                        add(dh, part(dy, (first + sample) * steps + place, C::UNITS));
                    }
                }
            }
            let mut run = |second: bool, dh: &mut [T], dr: &mut [T], direct: &mut [T]| {
                let memory = [&mut *z, &mut *extra, dh, &mut *dc, dr, direct, &mut *work];
                let options = self.options;
                dispatch(Back::<T, C> { options, skips, second, first, samples, at: at(step), last, time, before, aux, start, memory });
            };
            direct.fill(T::ZERO);
            run(false, dh, dr, direct);
            if C::twice() {
                T::forward(dr, transposed, C::UNITS, &[], dh);
                run(true, dh, dr, direct);
            }
            T::forward(dr, transposed, C::UNITS, &[], dh);
            for (sample, dh) in dh.chunks_mut(C::UNITS).enumerate() {
                if C::SEPARATE || skips.at(first + sample, at(step)) {
                    add(dh, part(direct, sample, C::UNITS));
                }
            }
            if !mask.is_empty() {
                self.drop_units(first, at(step), mask, dh);
            }
            // What it starts from belongs to the first of the parts.
            if truncate > 0 && step > 0 && step.is_multiple_of(truncate) {
                dh.fill(T::ZERO);
                dc.fill(T::ZERO);
            }
        }
    }
}

/// `[rows, columns]` to `[columns, rows]`.
fn transpose<T: Scalar>(from: &[T], columns: usize, to: &mut [T]) {
    let rows = from.len() / columns.max(1);
    for (column, to) in to.chunks_exact_mut(rows.max(1)).enumerate() {
        for (to, from) in to.iter_mut().zip(from.iter().skip(column).step_by(columns)) {
            *to = *from;
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
