//! Where a session is, so that another one can go on from there.

use super::loss::Loss;
use super::optimizer::{Moments, Optimizer};
use super::session::{Of, Session};
use crate::network::Network;
use alloc::vec::Vec;

/// Everything that the next steps of a [`Session`] depend on, beside the network, the optimiser's moments, and the gradient if batches are
/// pending. Randomness is a function of the seed and the step, and learning rates are of the updates, so that numbers are all it takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SessionState {
    /// What everything random follows from.
    pub seed: u64,
    /// How many steps were taken.
    pub steps: u64,
    /// How often the optimiser moved the parameters.
    pub updates: u64,
    /// How many batches the gradient is the sum of, while an optimiser accumulates.
    pub pending: u64,
    /// What counts instead of the optimiser's learning rate.
    pub learning_rate: Option<f64>,
}

impl<N: Network, const B: usize, O: Optimizer<Of<N>> + 'static, L: Loss<Of<N>, N::Out> + 'static> Session<N, B, O, L> {
    /// Where the session is.
    #[must_use]
    pub fn state(&self) -> SessionState {
        let &Self { seed, step: steps, updates, pending, learning_rate, .. } = self;
        SessionState { seed, steps, updates, pending, learning_rate }
    }

    /// Goes on from there. What [`memory`](Self::memory) returns must be as it was, too.
    pub fn set_state(&mut self, state: SessionState) {
        let SessionState { seed, steps, updates, pending, learning_rate } = state;
        (self.seed, self.step, self.updates, self.pending, self.learning_rate) = (seed, steps, updates, pending, learning_rate);
    }

    /// The gradient, which counts while batches are pending, and the optimiser's moments.
    pub fn memory(&mut self) -> (&mut N, Vec<&mut N>) {
        let (gradient, state) = self.gradient_and_moments();
        let mut moments = Vec::new();
        state.each(&mut |moment| moments.push(moment));
        (gradient, moments)
    }
}
