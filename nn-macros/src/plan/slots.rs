//! Buffers by liveness: a slot holds one value at a time and different shapes over time.

use crate::model::{Known, Network};

/// A buffer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slot {
    /// One value of each distinct shape it holds.
    pub shapes: Vec<usize>,
}

/// Slots given out so far.
#[derive(Debug)]
pub(super) struct Pool<'a> {
    network: &'a Network,
    slots: Vec<Slot>,
    free: Vec<usize>,
}

impl<'a> Pool<'a> {
    pub(super) fn new(network: &'a Network) -> Self {
        Self { network, slots: Vec::new(), free: Vec::new() }
    }

    /// A free slot for `value`: one that holds its shape already, else the one whose largest
    /// shape is closest, else a new one.
    pub(super) fn take(&mut self, value: usize) -> usize {
        let size = self.size(value);
        let best = (0..self.free.len()).min_by_key(|&i| {
            let slot = &self.slots[self.free[i]];
            let same = slot.shapes.iter().any(|&held| same(self.network, held, value));
            let largest = slot.shapes.iter().map(|&held| self.size(held)).max().unwrap_or(0);
            (!same, largest.abs_diff(size), self.free[i])
        });
        let slot = match best {
            Some(i) => self.free.swap_remove(i),
            None => {
                self.slots.push(Slot::default());
                self.slots.len() - 1
            }
        };
        let held = self.slots[slot].shapes.iter().any(|&held| same(self.network, held, value));
        if !held {
            self.slots[slot].shapes.push(value);
        }
        slot
    }

    pub(super) fn give_back(&mut self, slot: usize) {
        debug_assert!(!self.free.contains(&slot), "a slot is given back once");
        self.free.push(slot);
    }

    pub(super) fn finish(self) -> Vec<Slot> {
        self.slots
    }

    fn size(&self, value: usize) -> usize {
        self.network.known(value).dims().map_or(0, |dims| dims.elements())
    }
}

/// Whether two values have one type. Two unknown shapes are different: the compiler has a type
/// for each.
pub(crate) fn same(network: &Network, a: usize, b: usize) -> bool {
    match (network.known(a), network.known(b)) {
        (Known::Shape(a), Known::Shape(b)) => a.same(&b),
        _ => a == b,
    }
}

impl Slot {
    /// Which of its shapes a value has.
    pub(crate) fn index(&self, network: &Network, value: usize) -> usize {
        self.shapes.iter().position(|&held| same(network, held, value)).unwrap_or_default()
    }
}
