//! An [`Activation`] as a layer of its own.

use super::parameterless;
use crate::activation::Activation;
use crate::executor::Executor;
use crate::layer::{Layer, Pass, Stream, Training, each_sample};
use crate::scalar::Scalar;
use crate::shape::{Real, Shape};
use crate::simd::Simd;

#[cfg(test)]
mod tests;

parameterless!(
    /// Applies an activation function: `Relu`, `LeakyRelu(0.2)`, `Softmax` (along the last axis), ...
    Activate
);

impl<T: Scalar, S: Real> Layer<T, S, S> for Activate {
    type Options = Activation;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<I: Simd, const B: usize>(&self, simd: I, activation: &Activation, x: &S::Array<T>, y: &mut S::Array<T>, _: &mut ()) {
        let (x, y) = (S::scalars::<T>(core::slice::from_ref(x)), S::scalars_mut::<T>(core::slice::from_mut(y)));
        activation.forward(simd, S::DIMS.last(), x, y);
    }

    fn forward_batch<const B: usize>(
        &self,
        activation: &Activation,
        x: &[S::Array<T>],
        y: &mut [S::Array<T>],
        _: &mut (),
        executor: &dyn Executor,
    ) {
        each_sample::<T, S, S, Self, B>(self, activation, x, y, executor);
    }

    fn backward<const B: usize>(
        &self,
        activation: &Activation,
        pass: Pass<'_, T, S, S>,
        _: &mut (),
        _: &mut Self,
        training: &Training<'_>,
    ) {
        if let Some(dx) = pass.dx {
            let (x, y, dy) = (S::scalars::<T>(pass.x), S::scalars::<T>(pass.y), S::scalars::<T>(pass.dy));
            activation.backward_on(training.executor, S::DIMS.last(), x, y, dy, S::scalars_mut::<T>(dx));
        }
    }
}

impl<T: Scalar, S: Real<Frame: Real>> Stream<T, S, S> for Activate {
    #[inline(always)]
    fn advance<I: Simd>(
        &self,
        simd: I,
        activation: &Activation,
        x: &<S::Frame as Shape>::Array<T>,
        y: &mut <S::Frame as Shape>::Array<T>,
        _: &mut (),
        scratch: &mut (),
    ) {
        Layer::<T, S::Frame, S::Frame>::forward::<I, 1>(self, simd, activation, x, y, scratch);
    }
}
