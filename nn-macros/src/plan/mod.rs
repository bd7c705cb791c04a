//! Which steps run, in which buffers.

mod backward;
mod forward;
mod slots;
#[cfg(test)]
mod tests;

use crate::model::{Network, What};
pub(crate) use backward::{Backward, BackwardStep, Contribution, Gradient};
pub(crate) use forward::{Forward, Run};
pub(crate) use slots::Slot;

/// The largest number of steps compiled as one piece.
pub(crate) const BLOCK: usize = 16;

/// Where a value of the prediction lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Input(usize),
    Output(usize),
    Slot(usize),
}

/// The plan of one network. Blocks have plans of their own.
#[derive(Debug)]
pub(crate) struct Plan {
    pub forward: Forward,
    pub backward: Backward,
    /// The values that go out, before the head.
    pub outputs: Vec<usize>,
    /// The final Softmax or Sigmoid step, before which training stops.
    pub head: Option<usize>,
}

impl Plan {
    /// Whether a training step keeps a value in its cache. What goes out is there for the backward pass anyway, but with a
    /// head only after it: the value before the head, which the step before it may need, is kept.
    pub(crate) fn is_kept(&self, value: usize) -> bool {
        self.head.is_some() || !self.outputs.contains(&value)
    }
}

/// Plans a network that passed all checks.
pub(crate) fn plan(network: &Network) -> Plan {
    let head = head(network);
    let outputs = match head {
        Some(step) => vec![network.steps[step].sources[0]],
        None => network.outputs.iter().map(|output| output.value).collect(),
    };
    Plan { forward: forward::forward(network, head, &outputs), backward: backward::backward(network, head, &outputs), outputs, head }
}

/// The step of a final activation that the losses take over.
fn head(network: &Network) -> Option<usize> {
    let [output] = &network.outputs[..] else {
        return None;
    };
    let step = network.step_of(output.value)?;
    let What::Builtin(builtin) = &network.steps[step].what else {
        return None;
    };
    let users = network.steps.iter().flat_map(|step| &step.sources);
    let before = *network.steps[step].sources.first()?;
    let alone = users.clone().all(|&value| value != output.value);
    // The gradient of the losses arrives at a step's output: there must be a step.
    let only_reader = users.filter(|&&value| value == before).count() == 1;
    let made = network.step_of(before).is_some();
    (builtin.spec.head && alone && only_reader && made).then_some(step)
}
