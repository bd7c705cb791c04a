//! The memory of a call.

use super::Network;
use crate::layer::Layer;
use crate::memory::Zeroable;
use crate::shape::Shapes;

/// The largest workspace that is made by value.
const ON_STACK: usize = 64 * 1024;

/// What [`Network::predict`] works in: scratch memory for `B` samples at a time, and one output.
pub struct Workspace<N: Network, const B: usize = 1> {
    pub(super) scratch: N::Scratch<B>,
    pub(crate) output: N::Output,
}

impl<N: Network, const B: usize> Workspace<N, B> {
    /// A workspace by value, for the stack. One of more than 64 KiB does not compile: make it a `static` of
    /// [`Workspace::ZEROED`](Zeroable::ZEROED), or `Net::workspace()` on the heap, which never passes over the stack.
    #[must_use]
    #[inline(always)]
    pub const fn new() -> Self {
        const { assert!(size_of::<Self>() <= ON_STACK, "too large for the stack: use a static, or `workspace()` for the heap") };
        Self::ZEROED
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
    /// A workspace by value, for the stack, of at most 64 KiB: as [`Workspace::new`].
    #[must_use]
    #[inline(always)]
    pub const fn new() -> Self {
        const { assert!(size_of::<Self>() <= ON_STACK, "too large for the stack: use a static, or `step_workspace()` for the heap") };
        Self::ZEROED
    }
}

impl<N: Network> Default for StepWorkspace<N> {
    fn default() -> Self {
        Self::new()
    }
}

// SAFETY: as above.
unsafe impl<N: Network> Zeroable for StepWorkspace<N> {}

/// What a stream through a network carries from step to step. At its start it is all zero: a `static` of
/// [`State::<Net>::ZEROED`](Zeroable::ZEROED), or `Net::state()` on the heap.
pub type State<N> = <N as Layer<<N as Network>::Scalar, <N as Network>::In, <N as Network>::Out>>::State;
