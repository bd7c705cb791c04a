//! What layers add to the loss while they go forward.

use core::sync::atomic::{AtomicU32, Ordering};

/// A sum of penalties of one step. Layers go forward one after the other, so it has one writer at a time and a fixed order; two
/// halves, because not every machine has 64 bits that can be shared.
#[derive(Debug, Default)]
pub struct Penalty {
    high: AtomicU32,
    low: AtomicU32,
}

impl Penalty {
    /// Adds to the sum.
    pub fn add(&self, value: f64) {
        let bits = (self.sum() + value).to_bits();
        self.high.store((bits >> 32) as u32, Ordering::Relaxed);
        self.low.store(bits as u32, Ordering::Relaxed);
    }

    /// The sum.
    #[must_use]
    pub fn sum(&self) -> f64 {
        let half = |half: &AtomicU32| u64::from(half.load(Ordering::Relaxed));
        f64::from_bits(half(&self.high) << 32 | half(&self.low))
    }
}
