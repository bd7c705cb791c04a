//! Which steps of a sequence are padding.

use super::parameterless;
use crate::layer::{Layer, Pass, Stream, Training};
use crate::scalar::Scalar;
use crate::shape::{Seq, Tokens};
use crate::simd::Simd;
use nalgebra::{SMatrix, SVector};

#[cfg(test)]
mod tests;

parameterless!(
    /// `[time, features]` to an id for each step: 0 of one all of whose features are a certain number, else 1. A step that has a NaN is 1.
    Masking
);

/// Options of [`Masking`].
#[derive(Clone, Copy, Debug)]
pub struct MaskingOptions {
    /// The number of which padding is made, as the network's scalar has it. Default: 0.
    pub mask_value: f64,
}

impl MaskingOptions {
    /// Keras's defaults.
    pub const DEFAULT: Self = Self { mask_value: 0.0 };

    #[inline(always)]
    fn id<T: Scalar>(&self, step: &[T]) -> u32 {
        let value = T::from_f64(self.mask_value);
        u32::from(step.iter().any(|x| *x != value))
    }
}

impl<T: Scalar, const TIME: usize, const F: usize> Layer<T, Seq<TIME, F>, Tokens<TIME>> for Masking {
    type Options = MaskingOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, _: S, options: &MaskingOptions, x: &SMatrix<T, F, TIME>, y: &mut [u32; TIME], _: &mut ()) {
        for (step, y) in x.as_slice().chunks_exact(F.max(1)).zip(y) {
            *y = options.id(step);
        }
    }

    /// Ids have no gradient.
    fn backward<const B: usize>(
        &self,
        _: &MaskingOptions,
        pass: Pass<'_, T, Seq<TIME, F>, Tokens<TIME>>,
        _: &mut (),
        _: &mut Self,
        _: &Training<'_>,
    ) {
        if let Some(dx) = pass.dx {
            dx.iter_mut().for_each(|dx| dx.fill(T::ZERO));
        }
    }
}

impl<T: Scalar, const TIME: usize, const F: usize> Stream<T, Seq<TIME, F>, Tokens<TIME>> for Masking {
    #[inline(always)]
    fn advance<S: Simd>(&self, _: S, options: &MaskingOptions, x: &SVector<T, F>, y: &mut [u32; 1], _: &mut (), _: &mut ()) {
        *y = [options.id(x.as_slice())];
    }
}
