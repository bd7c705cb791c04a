//! What an optimiser keeps, one network's worth after the other.

use crate::memory::Zeroable;

/// The state of an optimiser, as copies of the network's parameters: so a checkpoint can hold it.
pub trait Moments<N>: Zeroable {
    /// Visits each copy, always in the same order.
    fn each<'s>(&'s mut self, visit: &mut dyn FnMut(&'s mut N));
}

impl<N: Zeroable> Moments<N> for () {
    fn each<'s>(&'s mut self, _: &mut dyn FnMut(&'s mut N)) {}
}

impl<N: Zeroable, const K: usize> Moments<N> for [N; K] {
    fn each<'s>(&'s mut self, visit: &mut dyn FnMut(&'s mut N)) {
        self.iter_mut().for_each(visit);
    }
}

/// Another state, and one more copy.
impl<N: Zeroable, S: Moments<N>> Moments<N> for (S, N) {
    fn each<'s>(&'s mut self, visit: &mut dyn FnMut(&'s mut N)) {
        self.0.each(visit);
        visit(&mut self.1);
    }
}
