//! "Not said yet", as a type.

use nn_core::memory::Zeroable;
use nn_core::train::loss::{Loss, TargetError};
use nn_core::train::optimizer::Optimizer;
use nn_core::{Activation, Executor, Parameters, Scalar, Shapes};

/// The optimiser and loss of `Trainer<Net, 128>` before `new` is told which: there is no value of this type.
#[derive(Clone, Copy, Debug)]
pub enum Unset {}

impl<T: Scalar> Optimizer<T> for Unset {
    type State<N: Zeroable> = ();
    fn learning_rate(&self) -> f64 {
        match *self {}
    }
    fn set_learning_rate(&mut self, _: f64) {
        match *self {}
    }
    fn update<N: Parameters<T>>(&self, _: u64, _: &mut N, _: &mut N, _: &mut (), _: &dyn Executor) {
        match *self {}
    }
}

impl<T: Scalar, O: Shapes> Loss<T, O> for Unset {
    type Target = ();
    fn check(&self, _: &()) -> Result<(), TargetError> {
        match *self {}
    }
    fn sample(&self, _: Activation, _: O::Ref<'_, T>, _: &(), _: O::Mut<'_, T>) -> T {
        match *self {}
    }
    fn value(&self, _: Activation, _: O::Ref<'_, T>, _: &()) -> T {
        match *self {}
    }
}
