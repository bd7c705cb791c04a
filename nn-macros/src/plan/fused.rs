//! Training: activations in the same pass as the step before them.

use super::forward::{fuses, is_pointwise};
use crate::model::{Network, What};

/// What training does with activations.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fused {
    /// For each step, the activation that a training step computes with it: nothing else reads the value between the two, so it is never
    /// written, and the derivative follows from the value after the activation.
    pub with: Vec<Option<usize>>,
    /// For each step, the activation whose derivative its backward pass begins with. It is the one of its own pass, or that of the step
    /// before, if the step selects from its values: there are fewer of those that it selects, and the gradient of all others is zero.
    pub slopes: Vec<Option<usize>>,
}

pub(super) fn fused(network: &Network, head: Option<usize>, outputs: &[usize]) -> Fused {
    let mut readers = vec![0usize; network.inputs.len() + network.steps.len()];
    network.steps.iter().flat_map(|step| &step.sources).for_each(|&value| readers[value] += 1);
    outputs.iter().for_each(|&value| readers[value] += 1);
    // The step that makes the one value a step reads, if nothing else reads it.
    let before = |at: usize| match network.steps[at].sources[..] {
        [source] if Some(at) != head && readers[source] == 1 => network.step_of(source),
        _ => None,
    };
    let mut with = vec![None; network.steps.len()];
    for at in 0..network.steps.len() {
        match before(at) {
            Some(from) if is_pointwise(network, at) && has(network, at, |spec| spec.slope_of_output) && fuses(network, from) => {
                with[from] = Some(at);
            }
            _ => {}
        }
    }
    let mut slopes = with.clone();
    for at in (0..network.steps.len()).filter(|&at| has(network, at, |spec| spec.selects)) {
        let Some(activation) = before(at) else { continue };
        if let Some(from) = before(activation).filter(|&from| with[from] == Some(activation)) {
            (slopes[from], slopes[at]) = (None, Some(activation));
        }
    }
    Fused { with, slopes }
}

fn has(network: &Network, step: usize, flag: impl Fn(&nn_shape::spec::LayerSpec) -> bool) -> bool {
    matches!(&network.steps[step].what, What::Builtin(builtin) if flag(builtin.spec))
}
