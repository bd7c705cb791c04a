//! Two dense layers with an activation between them, on each step.

use crate::activation::Activation;
use crate::executor::{Executor, for_rows_of};
use crate::kernels::{add_bias_gradient, multiply_batch, multiply_columns, multiply_rows, multiply_transposed};
use crate::layers::dense::Dense;
use crate::memory::{Zeroable, flat, flat_mut};
use crate::scalar::Scalar;
use crate::simd::Simd;
use nalgebra::SMatrix;

/// The two layers.
#[derive(Clone, Copy)]
pub struct FeedForward<'a, T: Scalar, const E: usize, const FFN: usize> {
    /// To the hidden features.
    pub intermediate: &'a Dense<T, E, FFN>,
    /// And back.
    pub output: &'a Dense<T, FFN, E>,
    /// Between them.
    pub activation: Activation,
}

/// What a training step keeps: the hidden features before the activation, if its derivative needs them, and after it, and their gradient.
pub struct FeedForwardCache<T: Scalar, const TIME: usize, const FFN: usize, const B: usize> {
    before: [SMatrix<T, FFN, TIME>; B],
    hidden: [SMatrix<T, FFN, TIME>; B],
    gradient: [SMatrix<T, FFN, TIME>; B],
}

// SAFETY: arrays of matrices of scalars.
unsafe impl<T: Scalar, const TIME: usize, const FFN: usize, const B: usize> Zeroable for FeedForwardCache<T, TIME, FFN, B> {}

fn kernel<T: Scalar, const IN: usize, const OUT: usize>(dense: &Dense<T, IN, OUT>) -> &[T] {
    dense.kernel.as_slice()
}

impl<T: Scalar, const E: usize, const FFN: usize> FeedForward<'_, T, E, FFN> {
    /// Any steps of one sample.
    #[inline(always)]
    pub fn one<S: Simd>(self, simd: S, x: &[T], y: &mut [T], hidden: &mut [T]) {
        multiply_rows(simd, x, kernel(self.intermediate), FFN, self.intermediate.bias.as_slice(), hidden);
        self.activation.in_place(simd, FFN, hidden);
        multiply_rows(simd, hidden, kernel(self.output), E, self.output.bias.as_slice(), y);
    }

    /// A batch.
    pub fn batch(self, executor: &dyn Executor, x: &[T], y: &mut [T], hidden: &mut [T]) {
        let activation = |block: &mut [T]| self.activation.apply(FFN, block);
        multiply_batch(executor, x, kernel(self.intermediate), FFN, self.intermediate.bias.as_slice(), hidden, &activation);
        multiply_batch(executor, hidden, kernel(self.output), E, self.output.bias.as_slice(), y, &|_| ());
    }

    /// The forward pass of a training step.
    pub fn train<const TIME: usize, const B: usize>(
        self,
        executor: &dyn Executor,
        x: &[T],
        y: &mut [T],
        cache: &mut FeedForwardCache<T, TIME, FFN, B>,
    ) {
        let count = y.len() / (TIME * E).max(1);
        let (before, hidden) = (flat_mut::<T, _>(&mut cache.before[..count]), flat_mut::<T, _>(&mut cache.hidden[..count]));
        let bias = self.intermediate.bias.as_slice();
        if self.activation.needs_input() {
            multiply_batch(executor, x, kernel(self.intermediate), FFN, bias, before, &|_| ());
            for_rows_of(executor, [&mut *before, &mut *hidden], [FFN; 2], 8, &|_, [before, hidden]| {
                hidden.copy_from_slice(before);
                self.activation.apply(FFN, hidden);
            });
        } else {
            multiply_batch(executor, x, kernel(self.intermediate), FFN, bias, hidden, &|block| self.activation.apply(FFN, block));
        }
        multiply_batch(executor, hidden, kernel(self.output), E, self.output.bias.as_slice(), y, &|_| ());
    }

    /// The backward pass: writes `dx`, adds to the gradients of the two layers.
    pub fn backward<const TIME: usize, const B: usize>(
        self,
        executor: &dyn Executor,
        x: &[T],
        dy: &[T],
        dx: &mut [T],
        cache: &mut FeedForwardCache<T, TIME, FFN, B>,
        gradients: (&mut Dense<T, E, FFN>, &mut Dense<T, FFN, E>),
    ) {
        let count = dy.len() / (TIME * E).max(1);
        let FeedForwardCache { before, hidden, gradient } = cache;
        let (before, hidden) = (flat::<T, _>(&before[..count]), flat::<T, _>(&hidden[..count]));
        let gradient = flat_mut::<T, _>(&mut gradient[..count]);
        let (intermediate, output) = gradients;
        multiply_columns(executor, hidden, FFN, dy, E, output.kernel.as_mut_slice());
        add_bias_gradient(executor, dy, output.bias.as_mut_slice());
        multiply_transposed(executor, dy, kernel(self.output), E, gradient);
        crate::executor::for_rows(executor, gradient, FFN, 8, &|first, block| {
            let part = first * FFN..first * FFN + block.len();
            self.activation.backward_in_place(FFN, &before[part.clone()], &hidden[part], block);
        });
        multiply_columns(executor, x, E, gradient, FFN, intermediate.kernel.as_mut_slice());
        add_bias_gradient(executor, gradient, intermediate.bias.as_mut_slice());
        multiply_transposed(executor, gradient, kernel(self.intermediate), FFN, dx);
    }
}
