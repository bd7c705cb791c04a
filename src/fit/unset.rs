//! "Not said yet", as a type.

use nn_core::memory::Zeroable;
use nn_core::train::loss::{Loss, TargetError};
use nn_core::train::optimizer::{BadOptimizer, Optimizer, Update};
use nn_core::{Activation, Parameters, Scalar, Shapes};

/// The optimiser and loss of `Trainer<Net, 128>` before `new` is told which: there is no value of this type.
#[derive(Clone, Copy, Debug)]
pub enum Unset {}

impl<T: Scalar> Optimizer<T> for Unset {
    type State<N: Zeroable> = ();
    fn learning_rate(&self, _: u64) -> f64 {
        match *self {}
    }
    fn update<N: Parameters<T>>(&self, _: &Update<'_>, _: &mut N, _: &mut N, _: &mut ()) {
        match *self {}
    }
    fn check<N: Parameters<T>>(&self, _: &N) -> Result<(), BadOptimizer> {
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
