//! Buffers by liveness: a slot holds one value at a time and different shapes over time.

use crate::model::{Known, Network};

/// A buffer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slot {
    /// One value of each distinct shape it holds.
    pub shapes: Vec<usize>,
    /// Those of them whose frames, the steps of a stream, are arrays of another type. The frame of a value lies where the
    /// value would: a prediction and a step of a stream never happen at the same time in one scratch.
    pub frames: Vec<usize>,
}

/// Who needs a buffer, and from when to when. Slots are given out in [`Pool::finish`], when all of that is known: one by one,
/// an hourglass of 512, 32, 32 and 512 values would take two large slots.
#[derive(Debug)]
pub(super) struct Pool<'a> {
    network: &'a Network,
    leases: Vec<Lease>,
    clock: usize,
}

/// A value's need of a buffer.
#[derive(Debug)]
struct Lease {
    value: usize,
    begin: usize,
    end: usize,
}

impl Lease {
    fn overlaps(&self, other: &Self) -> bool {
        self.begin < other.end && other.begin < self.end
    }
}

impl<'a> Pool<'a> {
    pub(super) fn new(network: &'a Network) -> Self {
        Self { network, leases: Vec::new(), clock: 0 }
    }

    /// A buffer for `value`, by the number of its lease.
    pub(super) fn take(&mut self, value: usize) -> usize {
        let begin = self.tick();
        self.leases.push(Lease { value, begin, end: usize::MAX });
        self.leases.len() - 1
    }

    pub(super) fn give_back(&mut self, lease: usize) {
        debug_assert_eq!(self.leases[lease].end, usize::MAX, "a buffer is given back once");
        self.leases[lease].end = self.tick();
    }

    fn tick(&mut self) -> usize {
        self.clock += 1;
        self.clock
    }

    /// The slots, and the slot of each lease: large values first, each in a slot that is free while it lives; one that holds
    /// its shape already, else the smallest.
    pub(super) fn finish(self) -> (Vec<Slot>, Vec<usize>) {
        let mut order: Vec<usize> = (0..self.leases.len()).collect();
        order.sort_by_key(|&at| core::cmp::Reverse(self.size(at)));
        let mut slots: Vec<Vec<usize>> = Vec::new();
        for at in order {
            let lease = &self.leases[at];
            let free = slots.iter_mut().filter(|slot| slot.iter().all(|&held| !self.leases[held].overlaps(lease)));
            let holds = |slot: &[usize]| slot.iter().any(|&held| same(self.network, self.leases[held].value, lease.value));
            match free.min_by_key(|slot| (!holds(slot), self.size(slot[0]))) {
                Some(slot) => slot.push(at),
                None => slots.push(vec![at]),
            }
        }
        // In the order of their first use.
        slots.iter_mut().for_each(|slot| slot.sort_unstable());
        slots.sort_unstable();
        let mut slot_of = vec![0; self.leases.len()];
        for (slot, held) in slots.iter().enumerate() {
            held.iter().for_each(|&lease| slot_of[lease] = slot);
        }
        (slots.iter().map(|held| self.slot(held)).collect(), slot_of)
    }

    fn slot(&self, held: &[usize]) -> Slot {
        let mut slot = Slot::default();
        for value in held.iter().map(|&lease| self.leases[lease].value) {
            if !slot.shapes.iter().any(|&held| same(self.network, held, value)) {
                slot.shapes.push(value);
            }
        }
        slot
    }

    fn size(&self, lease: usize) -> usize {
        self.network.known(self.leases[lease].value).dims().map_or(0, |dims| dims.elements())
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

/// Whether a step of a stream of such values is less than a value. A flat array is a step itself.
fn has_frame(network: &Network, value: usize) -> bool {
    network.known(value).dims().is_none_or(|dims| dims.rank() > 1 || dims.is_tokens())
}

impl Slot {
    /// Makes room for the frames of its shapes.
    pub(super) fn add_frames(&mut self, network: &Network) {
        self.frames = self.shapes.iter().copied().filter(|&value| has_frame(network, value)).collect();
    }

    /// How many types share its memory: its shapes, and then its frames.
    pub(crate) fn alternatives(&self) -> usize {
        self.shapes.len() + self.frames.len()
    }

    /// The alternative of a value.
    pub(crate) fn index(&self, network: &Network, value: usize) -> usize {
        self.shapes.iter().position(|&held| same(network, held, value)).unwrap_or_default()
    }

    /// The alternative of a value's frame. `None` when that is the array itself.
    pub(crate) fn frame(&self, network: &Network, value: usize) -> Option<usize> {
        let frame = self.frames.iter().position(|&held| same(network, held, value))?;
        Some(self.shapes.len() + frame)
    }
}
