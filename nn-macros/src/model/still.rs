//! What stands still in a stream: what is only asked, as the memory of an attention and the state that a recurrent layer starts from, and
//! what is made for nothing else. It is given or made whole, at the first step.

use super::{Dim, Network, What};

impl Network {
    /// For each value, whether a stream has all of it at its first step, and not a frame at each.
    pub(crate) fn still(&self) -> Vec<bool> {
        let mut still = vec![true; self.inputs.len() + self.steps.len()];
        self.outputs.iter().for_each(|output| still[output.value] = false);
        let mut readers = vec![Vec::new(); still.len()];
        for (at, step) in self.steps.iter().enumerate() {
            step.sources.iter().for_each(|&value| readers[value].push(at));
        }
        // What stands in the way of one value may be another, mostly a later one: until there is nothing.
        let mut settled = false;
        while !settled {
            settled = true;
            for value in (0..still.len()).rev() {
                if still[value] && !self.stands(value, &readers[value], &still) {
                    (still[value], settled) = (false, false);
                }
            }
        }
        still
    }

    /// Whether a value can stand still if these do: it is read, by layers that ask all of it or make what stands still, and made of nothing but
    /// what stands still. A layer of which one source stands still and another that should does not, does not stream; then none of them has to.
    fn stands(&self, value: usize, readers: &[usize], still: &[bool]) -> bool {
        let made = self.step_of(value).is_none_or(|at| self.steps[at].sources.iter().all(|&source| still[source]));
        let mut readers = readers.iter().map(|&at| {
            let (moving, asked) = self.steps[at].sources.split_at(self.moving(at));
            still[self.value_of(at)] || (!moving.contains(&value) && asked.iter().all(|&source| still[source]))
        });
        made && readers.len() > 0 && readers.all(|stands| stands)
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
