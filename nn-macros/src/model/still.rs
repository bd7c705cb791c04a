//! What stands still in a stream: inputs that are only asked, as the memory of an attention, are given whole at each step.

use super::{Dim, Network, What};

impl Network {
    /// For each value, whether a stream reads all of it at each step, and not a frame.
    pub(crate) fn still(&self) -> Vec<bool> {
        let values = self.inputs.len() + self.steps.len();
        let uses = || self.steps.iter().enumerate().flat_map(|(at, step)| step.sources.iter().enumerate().map(move |(i, &v)| (at, i, v)));
        // Inputs that are asked somewhere, and read in no other way.
        let mut still: Vec<bool> = (0..values)
            .map(|value| {
                let mut all = uses().filter(|&(.., v)| v == value).peekable();
                value < self.inputs.len() && all.peek().is_some() && all.all(|(at, i, _)| i >= self.moving(at))
            })
            .collect();
        // A layer of which one source stands still and another that should does not, does not stream; then none of them has to.
        while let Some(at) = (0..self.steps.len()).find(|&at| {
            let sources = &self.steps[at].sources[self.moving(at)..];
            sources.iter().any(|&value| still[value]) && !sources.iter().all(|&value| still[value])
        }) {
            self.steps[at].sources[self.moving(at)..].iter().for_each(|&value| still[value] = false);
        }
        still
    }

    /// How many of the sources of step `at` a stream reads frame by frame: the first ones.
    fn moving(&self, at: usize) -> usize {
        let step = &self.steps[at];
        let slot = match &step.what {
            What::Builtin(builtin) => builtin.spec.still.and_then(|slot| builtin.sizes[slot].as_ref()),
            _ => None,
        };
        match slot {
            Some(Dim::Known(first)) => step.sources.len().min(*first),
            _ => step.sources.len(),
        }
    }
}
