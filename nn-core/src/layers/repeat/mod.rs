//! The same block several times, each with parameters of its own.

use crate::executor::Executor;
use crate::layer::{Layer, Pass, Stream, Training};
use crate::memory::{Slot, Zeroable, part_of_each};
use crate::network::Value;
use crate::parameters::{Node, Parameters, Place, Tensor};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::Shape;
use crate::simd::Simd;

#[cfg(test)]
mod tests;

/// `N` blocks in a row, each from a shape to the same shape: one loop, so code does not grow with `N`.
pub struct Repeat<L, const N: usize> {
    /// The blocks, in order.
    pub blocks: [L; N],
}

// SAFETY: an array of zeroable blocks.
unsafe impl<L: Zeroable, const N: usize> Zeroable for Repeat<L, N> {}

impl<T: Scalar, L: Parameters<T>, const N: usize> Parameters<T> for Repeat<L, N> {
    const NODE: Node = Node::Repeat { count: N, stride: size_of::<L>(), node: &L::NODE };

    fn visit(&self, at: &Place<'_>, visit: &mut dyn FnMut(&Tensor<'_>, &[T])) {
        for (i, block) in self.blocks.iter().enumerate() {
            block.visit(&at.index(i), visit);
        }
    }

    fn walk<const K: usize>(mut nodes: [&mut Self; K], at: &Place<'_>, visit: &mut dyn FnMut(&Tensor<'_>, [&mut [T]; K])) {
        for i in 0..N {
            L::walk(part_of_each(&mut nodes, |node| &mut node.blocks[i]), &at.index(i), visit);
        }
    }
}

impl<L, const N: usize> core::ops::Index<usize> for Repeat<L, N> {
    type Output = L;
    fn index(&self, index: usize) -> &L {
        &self.blocks[index]
    }
}

/// Inference: the values between two blocks, or the frame between them in a stream, and the blocks' own memory.
pub struct RepeatScratch<T: Scalar, S: Shape, M, const B: usize> {
    between: Between<T, S, B>,
    inner: M,
}

/// A prediction and a step of a stream never happen at the same time.
type Between<T, S, const B: usize> = Slot<[<S as Shape>::Array<T>; B], <<S as Shape>::Frame as Shape>::Array<T>>;

// SAFETY: a slot and the blocks' memory are zeroable.
unsafe impl<T: Scalar, S: Shape, M: Zeroable, const B: usize> Zeroable for RepeatScratch<T, S, M, B> {
    const ANY_BITS: bool =
        M::ANY_BITS && Between::<T, S, B>::ANY_BITS && size_of::<Self>() == size_of::<M>() + size_of::<Between<T, S, B>>();
}

/// Training: what each block gave out, and what each block keeps.
pub struct RepeatCache<T: Scalar, S: Shape, C, M, const B: usize, const N: usize> {
    /// Entry `i` is the output of block `i`; the last one goes to the layer's output instead.
    outputs: [[S::Array<T>; B]; N],
    gradients: [[S::Array<T>; B]; 2],
    caches: [C; N],
    scratch: M,
}

// SAFETY: as above.
unsafe impl<T: Scalar, S: Shape, C: Zeroable, M: Zeroable, const B: usize, const N: usize> Zeroable for RepeatCache<T, S, C, M, B, N> {}

/// Runs `block(i, from, to)` for each block, alternating between `y` and `between` so that the last one writes `y`.
#[inline(always)]
fn alternate<A: ?Sized>(n: usize, x: &A, y: &mut A, between: &mut A, mut block: impl FnMut(usize, &A, &mut A)) {
    for i in 0..n {
        let to_y = (n - 1 - i).is_multiple_of(2);
        match (i, to_y) {
            (0, true) => block(0, x, y),
            (0, false) => block(0, x, between),
            (_, true) => block(i, between, y),
            (_, false) => block(i, y, between),
        }
    }
}

impl<T: Scalar, S: Shape, L: Layer<T, S, S>, const N: usize> Layer<T, S, S> for Repeat<L, N> {
    type Options = L::Options;
    type Scratch<const B: usize> = RepeatScratch<T, S, L::Scratch<B>, B>;
    type State = [L::State; N];
    type Cache<const B: usize> = RepeatCache<T, S, L::Cache<B>, L::Scratch<B>, B, N>;

    const MACS: u64 = L::MACS.saturating_mul(N as u64);

    fn initialize(&mut self, options: &L::Options, random: &mut dyn Source) {
        for block in &mut self.blocks {
            block.initialize(options, random);
        }
    }

    #[inline(always)]
    fn forward<I: Simd, const B: usize>(
        &self,
        simd: I,
        options: &L::Options,
        x: &S::Array<T>,
        y: &mut S::Array<T>,
        scratch: &mut Self::Scratch<B>,
    ) {
        let RepeatScratch { between, inner } = scratch;
        alternate(N, x, y, &mut between.head_mut()[0], |i, x, y| self.blocks[i].forward::<I, B>(simd, options, x, y, inner));
    }

    fn forward_batch<const B: usize>(
        &self,
        options: &L::Options,
        x: &[S::Array<T>],
        y: &mut [S::Array<T>],
        scratch: &mut Self::Scratch<B>,
        executor: &dyn Executor,
    ) {
        let RepeatScratch { between, inner } = scratch;
        let between = &mut between.head_mut()[..x.len()];
        alternate(N, x, y, between, |i, x, y| self.blocks[i].forward_batch::<B>(options, x, y, inner, executor));
    }

    fn forward_train<const B: usize>(
        &self,
        options: &L::Options,
        x: &[S::Array<T>],
        y: &mut [S::Array<T>],
        cache: &mut Self::Cache<B>,
        _: &mut Self::Scratch<B>,
        training: &Training<'_>,
    ) {
        let count = x.len();
        for i in 0..N {
            let (done, rest) = cache.outputs.split_at_mut(i);
            let x = done.last().map_or(x, |output| &output[..count]);
            let y = if i + 1 == N { &mut *y } else { &mut rest[0][..count] };
            let training = training.layer(i as u64);
            self.blocks[i].forward_train::<B>(options, x, y, &mut cache.caches[i], &mut cache.scratch, &training);
        }
    }

    fn backward<const B: usize>(
        &self,
        options: &L::Options,
        mut pass: Pass<'_, T, S, S>,
        cache: &mut Self::Cache<B>,
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let count = pass.x.len();
        let [one, other] = &mut cache.gradients;
        for i in (0..N).rev() {
            let x = if i == 0 { pass.x } else { &cache.outputs[i - 1][..count] };
            let y = if i + 1 == N { pass.y } else { &cache.outputs[i][..count] };
            // Block i + 1 left the gradient of its input in `one` or `other`, by turns.
            let (from, to) = if i.is_multiple_of(2) { (&mut *other, &mut *one) } else { (&mut *one, &mut *other) };
            let dy = if i + 1 == N { &mut *pass.dy } else { &mut from[..count] };
            let dx = if i == 0 { pass.dx.as_deref_mut() } else { Some(&mut to[..count]) };
            let inner = Pass { x, y, dy, dx };
            self.blocks[i].backward::<B>(options, inner, &mut cache.caches[i], &mut gradient.blocks[i], &training.layer(i as u64));
        }
    }

    fn commit<const B: usize>(&mut self, options: &L::Options, cache: &Self::Cache<B>) {
        for (block, cache) in self.blocks.iter_mut().zip(&cache.caches) {
            block.commit::<B>(options, cache);
        }
    }

    fn values<const B: usize>(
        cache: &Self::Cache<B>,
        y: Option<&[S::Array<T>]>,
        count: usize,
        at: &Place<'_>,
        visit: &mut dyn FnMut(Value<'_, T>),
    ) {
        for (i, (inner, output)) in cache.caches.iter().zip(&cache.outputs).enumerate() {
            let y = if i + 1 == N { y } else { output.get(..count) };
            L::values::<B>(inner, y, count, &at.index(i), visit);
        }
    }
}

impl<T: Scalar, S: Shape, L: Stream<T, S, S>, const N: usize> Stream<T, S, S> for Repeat<L, N> {
    #[inline(always)]
    fn advance<I: Simd>(
        &self,
        simd: I,
        options: &L::Options,
        x: &<S::Frame as Shape>::Array<T>,
        y: &mut <S::Frame as Shape>::Array<T>,
        state: &mut Self::State,
        scratch: &mut Self::Scratch<1>,
    ) {
        let RepeatScratch { between, inner } = scratch;
        alternate(N, x, y, between.tail_mut(), |i, x, y| self.blocks[i].advance(simd, options, x, y, &mut state[i], inner));
    }
}
