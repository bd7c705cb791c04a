//! Shuffling what cannot be held.

use nn_core::random::Random;
use nn_core::train::Reading;

/// Keeps these draws apart from others of the same seed.
const STREAM: u64 = u64::from_le_bytes(*b"nnstream");

/// Draws each next item from a buffer of those that come next. An error comes at once, before what is in the buffer.
pub(super) struct Shuffle<I: Iterator> {
    source: std::iter::Fuse<I>,
    buffer: Vec<I::Item>,
    size: usize,
    random: Option<Random>,
    drawn: usize,
}

impl<I: Iterator> Shuffle<I> {
    /// The items in the order of `reading`, with a buffer of `size` where they are shuffled.
    pub fn new(source: I, reading: Reading, size: usize) -> Self {
        let random = match reading {
            Reading::Plain => None,
            Reading::Shuffled { seed, pass } => Some(Random::new(seed).fork(STREAM).fork(pass)),
        };
        Self { source: source.fuse(), buffer: Vec::new(), size, random, drawn: 0 }
    }
}

impl<V, E, I: Iterator<Item = Result<V, E>>> Iterator for Shuffle<I> {
    type Item = Result<V, E>;

    fn next(&mut self) -> Option<Self::Item> {
        let Some(random) = self.random else { return self.source.next() };
        while self.buffer.len() < self.size {
            match self.source.next() {
                Some(Err(error)) => return Some(Err(error)),
                Some(item) => self.buffer.push(item),
                None => break,
            }
        }
        if self.buffer.is_empty() {
            return None;
        }
        let at = (random.uniform(self.drawn) * self.buffer.len() as f64) as usize;
        self.drawn += 1;
        Some(self.buffer.swap_remove(at.min(self.buffer.len() - 1)))
    }
}
