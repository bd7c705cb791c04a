//! Optimisers: how a gradient moves the parameters.

mod adam;
mod regularize;
mod sgd;
#[cfg(test)]
mod tests;

pub use adam::Adam;
pub use regularize::{penalty, regularize};
pub use sgd::Sgd;

use crate::executor::Executor;
use crate::memory::Zeroable;
use crate::parameters::Parameters;
use crate::scalar::Scalar;

/// A rule that moves parameters against a gradient.
pub trait Optimizer<T: Scalar>: Sync {
    /// Moments: as many copies of the network's parameters as the rule keeps, e.g. `[N; 2]`. All zero at the start.
    type State<N: Zeroable>: Zeroable;

    /// The learning rate in use.
    fn learning_rate(&self) -> f64;

    /// Uses another learning rate from now on.
    fn set_learning_rate(&mut self, rate: f64);

    /// Update number `step` (from 1): moves the trainable parameters of `net` against `gradient`.
    fn update<N: Parameters<T>>(&self, step: u64, net: &mut N, gradient: &mut N, state: &mut Self::State<N>, executor: &dyn Executor);
}

/// At least this many elements are worth a thread of their own.
const GRAIN: usize = 16 * 1024;

/// Cuts `K` tensors of one length into the same pieces and calls `work` for each, on the executor's threads. For work on one
/// element at a time, whose result does not depend on the cuts.
pub fn for_pieces<T: Send, const K: usize>(executor: &dyn Executor, tensors: [&mut [T]; K], work: &(dyn Fn([&mut [T]; K]) + Sync)) {
    let len = tensors.iter().map(|tensor| tensor.len()).min().unwrap_or(0);
    // Whole cache lines, so that no two threads write to the same one (tensors themselves start on one).
    let piece = len.div_ceil(executor.threads().max(1)).max(GRAIN).next_multiple_of(64);
    halve(executor, tensors, len, piece, work);
}

fn halve<T: Send, const K: usize>(
    executor: &dyn Executor,
    mut tensors: [&mut [T]; K],
    len: usize,
    piece: usize,
    work: &(dyn Fn([&mut [T]; K]) + Sync),
) {
    if len <= piece {
        return work(tensors);
    }
    // A multiple of `piece` in front, at least one and never all.
    let at = (len / 2).next_multiple_of(piece);
    let at = if at < len { at } else { piece };
    let mut tails = tensors.each_mut().map(|tensor| {
        let (head, tail) = core::mem::take(tensor).split_at_mut(at);
        *tensor = head;
        tail
    });
    executor.join(&mut || halve(executor, tensors.each_mut().map(|tensor| &mut **tensor), at, piece, work), &mut || {
        halve(executor, tails.each_mut().map(|tensor| &mut **tensor), len - at, piece, work)
    });
}

/// A moment as it is stored: 0 instead of |x| < 2^-100, so that moments that fade out never become subnormal numbers, which cost
/// a hundred times as much. NaN stays.
#[inline(always)]
pub fn flush<T: Scalar>(x: T, threshold: T) -> T {
    if x.abs() < threshold { T::ZERO } else { x }
}

/// 2^-100.
#[inline(always)]
pub fn flush_threshold<T: Scalar>() -> T {
    T::from_f64(1.0 / (1u128 << 100) as f64)
}
