//! An end without an error where the loss is no number.

use super::{Callback, CallbackError, Run};
use nn_core::Network;
use nn_core::train::NonFinite;

/// Ends the run when the loss or a gradient is infinite or NaN, Keras's `TerminateOnNaN`: `fit` returns the history so far, and
/// [`History::non_finite`](crate::History::non_finite) says where it happened. Without it, that is an error. Either way the network is
/// as after the last finite step.
#[derive(Clone, Copy, Debug, Default)]
pub struct TerminateOnNan;

impl<N: Network> Callback<N> for TerminateOnNan {
    fn on_non_finite(&mut self, run: &mut Run<'_, N>, _: &NonFinite) -> Result<(), CallbackError> {
        run.stop();
        Ok(())
    }
}
