//! How the samples of a stream get into a batch.

use nalgebra::{SMatrix, SVector};
use nn_core::{Flat, Image, Real, Scalar, Seq, Shape, Tokens};

/// An input of a stream that a network of input shape `I` takes.
#[diagnostic::on_unimplemented(
    message = "a stream of inputs `{Self}` does not fit a network whose input has shape `{I}`",
    label = "other inputs",
    note = "inputs are `Vec<f32>`, `Vec<u32>` for token ids, or arrays of the network's type"
)]
pub trait PutInput<T: Scalar, I: Shape>: Send + 'static {
    /// How many values it has.
    fn values(&self) -> usize;
    /// Writes them.
    fn put(&self, x: &mut I::Array<T>);
}

impl<T: Scalar, I: Real> PutInput<T, I> for Vec<f32> {
    fn values(&self) -> usize {
        self.len()
    }
    fn put(&self, x: &mut I::Array<T>) {
        let x = I::scalars_mut::<T>(std::slice::from_mut(x));
        x.iter_mut().zip(self).for_each(|(x, value)| *x = T::from_f64(f64::from(*value)));
    }
}

impl<T: Scalar, const N: usize> PutInput<T, Tokens<N>> for Vec<u32> {
    fn values(&self) -> usize {
        self.len()
    }
    fn put(&self, x: &mut [u32; N]) {
        x.iter_mut().zip(self).for_each(|(x, token)| *x = *token);
    }
}

macro_rules! arrays {
    ($([$($generics:tt)*] $shape:ty, $array:ty;)*) => {$(
        impl<T: Scalar, $($generics)*> PutInput<T, $shape> for $array {
            fn values(&self) -> usize {
                <$shape as Shape>::DIMS.elements()
            }
            fn put(&self, x: &mut $array) {
                nn_core::memory::copy(self, x);
            }
        }
    )*};
}

arrays! {
    [const N: usize] Flat<N>, SVector<T, N>;
    [const TIME: usize, const F: usize] Seq<TIME, F>, SMatrix<T, F, TIME>;
    [const H: usize, const W: usize, const C: usize] Image<H, W, C>, [SMatrix<T, C, W>; H];
    [const N: usize] Tokens<N>, [u32; N];
}

/// A target of a stream that a loss of targets `Y` takes.
#[diagnostic::on_unimplemented(
    message = "a stream of targets `{Self}` does not fit a loss whose targets are `{Y}`",
    label = "other targets",
    note = "targets are what the loss takes, or a `Vec<f32>` of as many numbers as there are outputs"
)]
pub trait PutTarget<Y>: Send + 'static {
    /// Writes it.
    fn put(&self, y: &mut Y);
}

impl<Y: Copy + Send + 'static> PutTarget<Y> for Y {
    fn put(&self, y: &mut Y) {
        *y = *self;
    }
}

/// Of another number than there are outputs, NaN, which every loss refuses.
impl<T: Scalar, const C: usize> PutTarget<SVector<T, C>> for Vec<f32> {
    fn put(&self, y: &mut SVector<T, C>) {
        y.fill(T::NAN);
        if self.len() == C {
            y.iter_mut().zip(self).for_each(|(y, value)| *y = T::from_f64(f64::from(*value)));
        }
    }
}
