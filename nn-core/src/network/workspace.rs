//! The memory of a call.

use super::Network;
use crate::memory::Zeroable;
use crate::shape::Shapes;

/// What [`Network::predict`] works in: scratch memory for `B` samples at a time, and one output.
pub struct Workspace<N: Network, const B: usize = 1> {
    pub(super) scratch: N::Scratch<B>,
    pub(super) output: N::Output,
}

// SAFETY: both fields are zeroable by their traits.
unsafe impl<N: Network, const B: usize> Zeroable for Workspace<N, B> {}

/// What [`Network::step`] works in.
pub struct StepWorkspace<N: Network> {
    pub(super) scratch: N::Scratch<1>,
    pub(super) output: <<N::Out as Shapes>::Frames as Shapes>::Buffer<N::Scalar, 1>,
}

// SAFETY: as above.
unsafe impl<N: Network> Zeroable for StepWorkspace<N> {}
