//! Which steps run, in which buffers.

mod backward;
mod forward;
mod fused;
mod slots;
#[cfg(test)]
mod tests;

use crate::model::{Network, What};
pub(crate) use backward::{Backward, BackwardStep, Contribution, Gradient};
pub(crate) use forward::{Forward, Run};
pub(crate) use fused::Fused;
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
    pub fused: Fused,
    /// The values that go out, before the head.
    pub outputs: Vec<usize>,
    /// The final Softmax or Sigmoid step, before which training stops.
    pub head: Option<usize>,
}

impl Plan {
    /// Whether a training step keeps a value in its cache. What goes out is there for the backward pass anyway, but with a
    /// head only after it: the value before the head, which the step before it may need, is kept.
    /// The value between a step and the activation in its pass is never written.
    pub(crate) fn is_kept(&self, network: &Network, value: usize) -> bool {
        let between = network.step_of(value).is_some_and(|step| self.fused.with[step].is_some());
        !between && (self.head.is_some() || !self.outputs.contains(&value))
    }

    /// What a step makes in training: the value after the activation in its pass.
    pub(crate) fn made_by(&self, network: &Network, step: usize) -> usize {
        network.value_of(self.fused.with[step].unwrap_or(step))
    }

    /// Whether a step has a pass of its own in training: not the head, which is the loss's, nor an activation in the pass before it.
    pub(crate) fn has_pass(&self, network: &Network, step: usize) -> bool {
        let fused = || {
            network.steps[step].sources.iter().filter_map(|&value| network.step_of(value)).any(|from| self.fused.with[from] == Some(step))
        };
        Some(step) != self.head && !fused()
    }
}

/// Plans a network that passed all checks.
pub(crate) fn plan(network: &Network) -> Plan {
    let head = head(network);
    let outputs = match head {
        Some(step) => vec![network.steps[step].sources[0]],
        None => network.outputs.iter().map(|output| output.value).collect(),
    };
    let fused = fused::fused(network, head, &outputs);
    let forward = forward::forward(network, head, &outputs);
    let backward = backward::backward(network, head, &outputs, &fused.with);
    Plan { forward, backward, fused, outputs, head }
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
