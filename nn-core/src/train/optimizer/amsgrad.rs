//! The variant of Adam that never forgets a large gradient.

use super::{Adam, AdamW, BadOptimizer, Optimizer, Update};
use crate::memory::Zeroable;
use crate::parameters::Parameters;
use crate::scalar::Scalar;
use crate::train::schedule::Schedule;

/// [`Adam`] or [`AdamW`] with the largest `v` so far in the place of `v` (Reddi, Kale and Kumar 2018), which is one more moment:
/// `Adam::new(1e-3).amsgrad()`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amsgrad<O>(
    /// The optimiser.
    pub O,
);

impl<O> Amsgrad<O> {
    wrappers!();
}

macro_rules! amsgrad {
    ($adam:ident, $($decoupled:literal)?) => {
        impl<T: Scalar, S: Schedule> Optimizer<T> for Amsgrad<$adam<S>> {
            type State<N: Zeroable> = [N; 3];

            fn learning_rate(&self, step: u64) -> f64 {
                self.0.learning_rate.learning_rate(step)
            }

            fn update<N: Parameters<T>>(&self, update: &Update<'_>, net: &mut N, gradient: &mut N, [m, v, max]: &mut [N; 3]) {
                let (settings, moments) = self.0.plan::<T>(update $(, $decoupled)?);
                update.run(&settings, [net, gradient, m, v, max], moments);
            }

            fn check<N: Parameters<T>>(&self, _: &N) -> Result<(), BadOptimizer> {
                self.0.valid()
            }
        }
    };
}
amsgrad!(Adam, false);
amsgrad!(AdamW,);
