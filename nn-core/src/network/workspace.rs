//! The memory of a call.

use super::Network;
use crate::memory::Zeroable;
use crate::shape::Shapes;

/// What [`Network::predict`] works in: scratch memory for `B` samples at a time, and one output.
pub struct Workspace<N: Network, const B: usize = 1> {
    pub(super) scratch: N::Scratch<B>,
    pub(crate) output: N::Output,
}

impl<N: Network, const B: usize> Workspace<N, B> {
    /// A workspace by value: on the stack for a small network, or in a `static`. `Net::workspace()` makes one on the heap,
    /// without passing the stack.
    #[must_use]
    pub const fn new() -> Self {
        // SAFETY: `Workspace` is `Zeroable`.
        unsafe { core::mem::zeroed() }
    }
}

impl<N: Network, const B: usize> Default for Workspace<N, B> {
    fn default() -> Self {
        Self::new()
    }
}

// SAFETY: both fields are zeroable by their traits.
unsafe impl<N: Network, const B: usize> Zeroable for Workspace<N, B> {}

/// What [`Network::step`] works in.
pub struct StepWorkspace<N: Network> {
    pub(super) scratch: N::Scratch<1>,
    pub(super) output: <<N::Out as Shapes>::Frames as Shapes>::Buffer<N::Scalar, 1>,
}

impl<N: Network> StepWorkspace<N> {
    /// A workspace by value, as [`Workspace::new`].
    #[must_use]
    pub const fn new() -> Self {
        // SAFETY: `StepWorkspace` is `Zeroable`.
        unsafe { core::mem::zeroed() }
    }
}

impl<N: Network> Default for StepWorkspace<N> {
    fn default() -> Self {
        Self::new()
    }
}

// SAFETY: as above.
unsafe impl<N: Network> Zeroable for StepWorkspace<N> {}
