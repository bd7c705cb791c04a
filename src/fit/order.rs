//! The order of samples: one for each pass through the data.

use crate::data::shuffle_indices;
use nn_core::train::Reading;
use std::ops::Range;

/// The samples of a pass, in the order that follows from the seed and the pass.
pub(super) struct Order {
    samples: usize,
    /// All of the pass; of data in order the places of a batch.
    indices: Vec<usize>,
    shuffle: bool,
    /// Whether the data can only be had in order, and shuffle themselves.
    in_order: bool,
    seed: u64,
    /// The pass whose order `indices` have.
    pass: Option<u64>,
    /// The pass that was asked for as a whole.
    announced: Option<u64>,
}

impl Order {
    pub fn new(samples: usize, shuffle: bool, in_order: bool, seed: u64) -> Self {
        let indices = if in_order { Vec::new() } else { (0..samples).collect() };
        Self { samples, indices, shuffle, in_order, seed, pass: None, announced: None }
    }

    /// How data that are in order are to be read, and the places of a batch in the pass.
    pub fn reading(&self, pass: u64, batch: usize, size: usize) -> (Reading, Range<usize>) {
        let reading = if self.shuffle { Reading::Shuffled { seed: self.seed, pass } } else { Reading::Plain };
        (reading, self.places(batch, size))
    }

    /// How many batches a pass has.
    pub fn batches(&self, size: usize) -> usize {
        self.samples.div_ceil(size)
    }

    /// What is left of a pass from a batch on, when it is asked for the first time.
    pub fn upcoming(&mut self, pass: u64, batch: usize, size: usize) -> Option<&[usize]> {
        if self.announced == Some(pass) || self.in_order {
            return None;
        }
        self.announced = Some(pass);
        Some(self.from(pass, batch * size))
    }

    /// The samples of a batch; the last one of a pass may have fewer.
    pub fn batch(&mut self, pass: u64, batch: usize, size: usize) -> &[usize] {
        if self.in_order {
            let places = self.places(batch, size);
            self.indices.clear();
            self.indices.extend(places);
            return &self.indices;
        }
        let rest = self.from(pass, batch * size);
        &rest[..size.min(rest.len())]
    }

    fn places(&self, batch: usize, size: usize) -> Range<usize> {
        let start = (batch * size).min(self.samples);
        start..self.samples.min(start + size)
    }

    fn from(&mut self, pass: u64, start: usize) -> &[usize] {
        if self.shuffle && self.pass != Some(pass) {
            self.indices.iter_mut().enumerate().for_each(|(place, index)| *index = place);
            shuffle_indices(&mut self.indices, self.seed, pass);
            self.pass = Some(pass);
        }
        &self.indices[start.min(self.indices.len())..]
    }
}
