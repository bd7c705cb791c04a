//! What is around each part of a block: a way past it, a norm, a dropout.

use crate::executor::{Executor, for_rows};
use crate::layer::{Layer, Pass, Training};
use crate::layers::dropout::{Dropout, DropoutOptions};
use crate::layers::layer_norm::{LayerNorm, LayerNormOptions};
use crate::memory::{Zeroable, flat, flat_mut};
use crate::scalar::Scalar;
use crate::shape::Seq;
use crate::simd::Simd;
use nalgebra::SMatrix;

/// Where the norms of a block are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NormPlace {
    /// After the sum, `norm(x + part(x))`: as in Vaswani et al. 2017.
    Post,
    /// Before the part, `x + part(norm(x))`: as in GPT-2. Trains without a warm-up.
    Pre,
}

/// A sequence.
pub type Sequence<T, const TIME: usize, const E: usize> = SMatrix<T, E, TIME>;

/// The norm around a part.
#[derive(Clone, Copy)]
pub struct Around<'a, T: Scalar, const E: usize> {
    /// Its parameters.
    pub norm: &'a LayerNorm<T, E>,
    /// Where it is.
    pub place: NormPlace,
    /// Its epsilon.
    pub eps: f64,
    /// The dropout after the part, in training.
    pub dropout: f64,
}

/// What a training step keeps of one part.
pub struct AroundCache<T: Scalar, const TIME: usize, const E: usize, const B: usize> {
    /// What the part sees, if the norm is before it; else the sum before the norm.
    middle: [Sequence<T, TIME, E>; B],
    /// What the part gives, and in the backward pass its gradient.
    branch: [Sequence<T, TIME, E>; B],
    /// The gradient of what the part sees.
    inside: [Sequence<T, TIME, E>; B],
    norm: [Sequence<T, TIME, E>; B],
}

// SAFETY: arrays of matrices of scalars.
unsafe impl<T: Scalar, const TIME: usize, const E: usize, const B: usize> Zeroable for AroundCache<T, TIME, E, B> {}

impl<T: Scalar, const E: usize> Around<'_, T, E> {
    fn options(self) -> LayerNormOptions {
        LayerNormOptions { eps: self.eps }
    }

    /// One sample, of any number of steps: `middle` and `branch` are memory.
    #[inline(always)]
    pub fn one<S: Simd>(self, simd: S, x: &[T], y: &mut [T], middle: &mut [T], part: impl FnOnce(&[T], &mut [T])) {
        let normal = self.norm.normal(&self.options());
        match self.place {
            NormPlace::Pre => {
                normal.sample(simd, x, middle);
                part(middle, y);
                add(y, x);
            }
            NormPlace::Post => {
                part(x, middle);
                add(middle, x);
                normal.sample(simd, middle, y);
            }
        }
    }

    /// A batch.
    pub fn batch(self, executor: &dyn Executor, x: &[T], y: &mut [T], middle: &mut [T], part: impl FnOnce(&[T], &mut [T])) {
        let normal = self.norm.normal(&self.options());
        match self.place {
            NormPlace::Pre => {
                normal.batch(executor, x, middle);
                part(middle, y);
                add_all(executor, y, x, E);
            }
            NormPlace::Post => {
                part(x, middle);
                add_all(executor, middle, x, E);
                normal.batch(executor, middle, y);
            }
        }
    }

    /// The forward pass of a training step. `training` is this part's own.
    pub fn train<const TIME: usize, const B: usize>(
        self,
        x: &[Sequence<T, TIME, E>],
        y: &mut [Sequence<T, TIME, E>],
        cache: &mut AroundCache<T, TIME, E, B>,
        training: &Training<'_>,
        part: impl FnOnce(&[Sequence<T, TIME, E>], &mut [Sequence<T, TIME, E>]),
    ) {
        let AroundCache { middle, branch, norm, .. } = cache;
        let (middle, branch) = (&mut middle[..x.len()], &mut branch[..x.len()]);
        match self.place {
            NormPlace::Pre => {
                self.norm_forward(x, middle, norm, training);
                part(middle, branch);
                self.join(x, branch, y, training);
            }
            NormPlace::Post => {
                part(x, branch);
                self.join(x, branch, middle, training);
                self.norm_forward(middle, y, norm, training);
            }
        }
    }

    fn norm_forward<const TIME: usize, const B: usize>(
        self,
        x: &[Sequence<T, TIME, E>],
        y: &mut [Sequence<T, TIME, E>],
        cache: &mut [Sequence<T, TIME, E>; B],
        training: &Training<'_>,
    ) {
        Layer::<T, Seq<TIME, E>, Seq<TIME, E>>::forward_train::<B>(self.norm, &self.options(), x, y, cache, &mut (), training);
    }

    /// `y = x +` what dropout leaves of `branch`.
    fn join<const TIME: usize>(
        self,
        x: &[Sequence<T, TIME, E>],
        branch: &[Sequence<T, TIME, E>],
        y: &mut [Sequence<T, TIME, E>],
        training: &Training<'_>,
    ) {
        if self.dropout > 0.0 {
            self.drop(branch, y, training);
            return add_all(training.executor, flat_mut::<T, _>(y), flat(x), E);
        }
        let (x, branch) = (flat::<T, _>(x), flat::<T, _>(branch));
        for_rows(training.executor, flat_mut::<T, _>(y), E, 64, &|first, y| {
            let part = first * E..first * E + y.len();
            for (y, (x, branch)) in y.iter_mut().zip(x[part.clone()].iter().zip(&branch[part])) {
                *y = *branch + *x;
            }
        });
    }

    /// Forward and backward of a dropout are the same product.
    fn drop<const TIME: usize>(self, from: &[Sequence<T, TIME, E>], to: &mut [Sequence<T, TIME, E>], training: &Training<'_>) {
        let options = DropoutOptions { rate: self.dropout };
        Layer::<T, Seq<TIME, E>, Seq<TIME, E>>::forward_train::<1>(&Dropout, &options, from, to, &mut (), &mut (), training);
    }

    /// The backward pass: `part(x, the gradient of what it gives, the gradient of what it sees)`. Writes `dx`; `dy` may be overwritten.
    #[allow(clippy::too_many_arguments, reason = "what a pass reads and writes")]
    pub fn backward<const TIME: usize, const B: usize>(
        self,
        x: &[Sequence<T, TIME, E>],
        dy: &mut [Sequence<T, TIME, E>],
        dx: &mut [Sequence<T, TIME, E>],
        cache: &mut AroundCache<T, TIME, E, B>,
        gradient: &mut LayerNorm<T, E>,
        training: &Training<'_>,
        part: impl FnOnce(&[Sequence<T, TIME, E>], &[Sequence<T, TIME, E>], &mut [Sequence<T, TIME, E>]),
    ) {
        let AroundCache { middle, branch, inside, norm } = cache;
        let (middle, branch, inside) = (&middle[..x.len()], &mut branch[..x.len()], &mut inside[..x.len()]);
        let executor = training.executor;
        match self.place {
            NormPlace::Pre => {
                part(middle, self.drop_backward(dy, branch, training), inside);
                self.norm_backward(x, inside, dx, norm, gradient, training);
                add_all(executor, flat_mut::<T, _>(dx), flat(dy), E);
            }
            NormPlace::Post => {
                self.norm_backward(middle, dy, inside, norm, gradient, training);
                part(x, self.drop_backward(inside, branch, training), dx);
                add_all(executor, flat_mut::<T, _>(dx), flat(inside), E);
            }
        }
    }

    fn norm_backward<const TIME: usize, const B: usize>(
        self,
        x: &[Sequence<T, TIME, E>],
        dy: &mut [Sequence<T, TIME, E>],
        dx: &mut [Sequence<T, TIME, E>],
        cache: &mut [Sequence<T, TIME, E>; B],
        gradient: &mut LayerNorm<T, E>,
        training: &Training<'_>,
    ) {
        // A norm does not look at its output.
        let pass = Pass { x, y: x, dy, dx: Some(dx) };
        Layer::<T, Seq<TIME, E>, Seq<TIME, E>>::backward::<B>(self.norm, &self.options(), pass, cache, gradient, training);
    }

    /// The gradient of what the part gives: `dy` itself, or in `branch` what dropout leaves of it.
    fn drop_backward<'b, const TIME: usize>(
        self,
        dy: &'b [Sequence<T, TIME, E>],
        branch: &'b mut [Sequence<T, TIME, E>],
        training: &Training<'_>,
    ) -> &'b [Sequence<T, TIME, E>] {
        if self.dropout == 0.0 {
            return dy;
        }
        self.drop(dy, branch, training);
        branch
    }
}

/// `y += x`.
#[inline(always)]
fn add<T: Scalar>(y: &mut [T], x: &[T]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += *x;
    }
}

/// `y += x`, on the executor's threads.
pub fn add_all<T: Scalar>(executor: &dyn Executor, y: &mut [T], x: &[T], row: usize) {
    for_rows(executor, y, row, 64, &|first, y| add(y, &x[first * row..][..y.len()]));
}
