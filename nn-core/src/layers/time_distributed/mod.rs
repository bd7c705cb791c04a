//! One block on every step of a sequence, with the same parameters.

use crate::executor::Executor;
use crate::layer::{Layer, Pass, Stream, Training};
use crate::memory::{Zeroable, copy, part_of_each};
use crate::network::Value;
use crate::parameters::{Node, Parameters, Place, Tensor};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::{Shape, Timed};
use crate::simd::Simd;

#[cfg(test)]
mod tests;

/// The block `L` on each step by itself: of a sequence on its vectors, of an image on its rows.
///
/// As in Keras, training runs the block on one step of all samples after the other, so that a normalisation over the batch sees
/// the steps apart. The block need not be able to work on a stream: to it, every step is a whole sample.
pub struct TimeDistributed<L> {
    /// The block.
    pub block: L,
}

// SAFETY: as its block.
unsafe impl<L: Zeroable> Zeroable for TimeDistributed<L> {}

impl<T: Scalar, L: Parameters<T>> Parameters<T> for TimeDistributed<L> {
    const NODE: Node = L::NODE;

    fn visit(&self, at: &Place<'_>, visit: &mut dyn FnMut(&Tensor<'_>, &[T])) {
        self.block.visit(at, visit);
    }

    fn walk<const K: usize>(mut nodes: [&mut Self; K], at: &Place<'_>, visit: &mut dyn FnMut(&Tensor<'_>, [&mut [T]; K])) {
        L::walk(part_of_each(&mut nodes, |node| &mut node.block), at, visit);
    }
}

impl<L> core::ops::Deref for TimeDistributed<L> {
    type Target = L;
    fn deref(&self) -> &L {
        &self.block
    }
}

/// Training: each step of all samples side by side, as the block sees it, and what the block keeps of it.
pub struct TimeDistributedCache<T: Scalar, I: Timed, O: Timed, C: Zeroable, M, const B: usize> {
    inputs: I::Each<[<I::Frame as Shape>::Array<T>; B]>,
    outputs: I::Each<[<O::Frame as Shape>::Array<T>; B]>,
    input_gradient: [<I::Frame as Shape>::Array<T>; B],
    output_gradient: [<O::Frame as Shape>::Array<T>; B],
    caches: I::Each<C>,
    scratch: M,
}

// SAFETY: arrays of shapes, and what is zeroable by its trait.
unsafe impl<T: Scalar, I: Timed, O: Timed, C: Zeroable, M: Zeroable, const B: usize> Zeroable for TimeDistributedCache<T, I, O, C, M, B> {}

/// Step `time` of every sample, side by side.
fn gather<T: Scalar, S: Timed>(batch: &[S::Array<T>], time: usize, to: &mut [<S::Frame as Shape>::Array<T>]) {
    for (step, to) in S::steps::<T>(batch).iter().skip(time).step_by(S::STEPS).zip(to) {
        copy(step, to);
    }
}

/// Back to step `time` of every sample.
fn scatter<T: Scalar, S: Timed>(from: &[<S::Frame as Shape>::Array<T>], time: usize, batch: &mut [S::Array<T>]) {
    for (from, step) in from.iter().zip(S::steps_mut::<T>(batch).iter_mut().skip(time).step_by(S::STEPS)) {
        copy(from, step);
    }
}

impl<T: Scalar, I: Timed, O: Timed, L: Layer<T, I::Frame, O::Frame>> Layer<T, I, O> for TimeDistributed<L> {
    type Options = L::Options;
    type Scratch<const B: usize> = L::Scratch<B>;
    type State = ();
    type Cache<const B: usize> = TimeDistributedCache<T, I, O, L::Cache<B>, L::Scratch<B>, B>;

    const MACS: u64 = L::MACS.saturating_mul(I::STEPS as u64);

    fn initialize(&mut self, options: &L::Options, random: &mut dyn Source) {
        self.block.initialize(options, random);
    }

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(
        &self,
        simd: S,
        options: &L::Options,
        x: &I::Array<T>,
        y: &mut O::Array<T>,
        scratch: &mut L::Scratch<B>,
    ) {
        let (x, y) = (core::slice::from_ref(x), core::slice::from_mut(y));
        for (x, y) in I::steps::<T>(x).iter().zip(O::steps_mut::<T>(y)) {
            self.block.forward::<S, B>(simd, options, x, y, scratch);
        }
    }

    /// Steps are whole samples to the block, so all of the batch's are one long batch.
    fn forward_batch<const B: usize>(
        &self,
        options: &L::Options,
        x: &[I::Array<T>],
        y: &mut [O::Array<T>],
        scratch: &mut L::Scratch<B>,
        executor: &dyn Executor,
    ) {
        let (x, y) = (I::steps::<T>(x), O::steps_mut::<T>(y));
        for (x, y) in x.chunks(B.max(1)).zip(y.chunks_mut(B.max(1))) {
            self.block.forward_batch::<B>(options, x, y, scratch, executor);
        }
    }

    fn forward_train<const B: usize>(
        &self,
        options: &L::Options,
        x: &[I::Array<T>],
        y: &mut [O::Array<T>],
        cache: &mut Self::Cache<B>,
        _: &mut L::Scratch<B>,
        training: &Training<'_>,
    ) {
        let count = x.len();
        let TimeDistributedCache { inputs, outputs, caches, scratch, .. } = cache;
        let (inputs, outputs, caches) = (I::each_mut(inputs), I::each_mut(outputs), I::each_mut(caches));
        for (time, ((inputs, outputs), cache)) in inputs.iter_mut().zip(outputs).zip(caches).enumerate() {
            let (inputs, outputs) = (&mut inputs[..count], &mut outputs[..count]);
            gather::<T, I>(x, time, inputs);
            self.block.forward_train::<B>(options, inputs, outputs, cache, scratch, &training.layer(time as u64));
            scatter::<T, O>(outputs, time, y);
        }
    }

    fn backward<const B: usize>(
        &self,
        options: &L::Options,
        mut pass: Pass<'_, T, I, O>,
        cache: &mut Self::Cache<B>,
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let count = pass.x.len();
        let (dx, dy) = (&mut cache.input_gradient[..count], &mut cache.output_gradient[..count]);
        let (inputs, outputs, caches) = (I::each(&cache.inputs), I::each(&cache.outputs), I::each_mut(&mut cache.caches));
        for (time, ((inputs, outputs), cache)) in inputs.iter().zip(outputs).zip(caches).enumerate().rev() {
            gather::<T, O>(pass.dy, time, dy);
            let wanted = pass.dx.is_some();
            let inner = Pass { x: &inputs[..count], y: &outputs[..count], dy: &mut *dy, dx: wanted.then_some(&mut *dx) };
            self.block.backward::<B>(options, inner, cache, &mut gradient.block, &training.layer(time as u64));
            if let Some(all) = pass.dx.as_deref_mut() {
                scatter::<T, I>(dx, time, all);
            }
        }
    }

    fn commit<const B: usize>(&mut self, options: &L::Options, cache: &Self::Cache<B>) {
        for cache in I::each(&cache.caches) {
            self.block.commit::<B>(options, cache);
        }
    }

    /// Those of the first step, then those of the second, and so on.
    fn values<const B: usize>(
        cache: &Self::Cache<B>,
        _: Option<&[O::Array<T>]>,
        count: usize,
        at: &Place<'_>,
        visit: &mut dyn FnMut(Value<'_, T>),
    ) {
        for (outputs, inner) in I::each(&cache.outputs).iter().zip(I::each(&cache.caches)) {
            L::values::<B>(inner, outputs.get(..count), count, at, visit);
        }
    }
}

impl<T: Scalar, I: Timed, O: Timed, L: Layer<T, I::Frame, O::Frame>> Stream<T, I, O> for TimeDistributed<L> {
    #[inline(always)]
    fn advance<S: Simd>(
        &self,
        simd: S,
        options: &L::Options,
        x: &<I::Frame as Shape>::Array<T>,
        y: &mut <O::Frame as Shape>::Array<T>,
        _: &mut (),
        scratch: &mut L::Scratch<1>,
    ) {
        self.block.forward::<S, 1>(simd, options, x, y, scratch);
    }
}
