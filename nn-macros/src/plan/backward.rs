//! Training: the order of the backward pass, and buffers for the gradients of values.

use super::slots::{Pool, Slot};
use crate::model::{Network, Role, What};
use nn_shape::Args;

/// The backward pass.
#[derive(Debug)]
pub(crate) struct Backward {
    /// The steps in reverse, without the head.
    pub steps: Vec<BackwardStep>,
    pub slots: Vec<Slot>,
    /// The inputs that no step gives a gradient: it is zero.
    pub unread: Vec<usize>,
}

/// Where the gradient of a value lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gradient {
    /// The gradient of an output, given from outside; contributions are added to it.
    Output(usize),
    /// The gradient of an input, returned if anyone asks for it.
    Input(usize),
    Slot(usize),
    /// Token ids have none.
    Nothing,
}

/// The backward run of one step.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BackwardStep {
    pub step: usize,
    /// The gradient of its output, or of that of the activation in its pass.
    pub from: Gradient,
    /// The gradients of its sources, in order.
    pub to: Vec<Contribution>,
}

/// A gradient that a step makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Contribution {
    pub value: usize,
    /// Where the sum lies.
    pub gradient: Gradient,
    /// A temporary slot to write to and add from, when the sum has begun.
    pub add_from: Option<usize>,
}

/// The plan of a backward pass from `outputs`, without the head. `fused` are the activations in the passes of the steps before them.
pub(super) fn backward(network: &Network, head: Option<usize>, outputs: &[usize], fused: &[Option<usize>]) -> Backward {
    let values = network.inputs.len() + network.steps.len();
    let mut gradients: Vec<Option<Gradient>> = vec![None; values];
    for (i, &value) in outputs.iter().enumerate() {
        gradients[value] = Some(Gradient::Output(i));
    }
    let mut pool = Pool::new(network);
    let mut steps = Vec::new();
    for (at, step) in network.steps.iter().enumerate().rev() {
        if Some(at) == head {
            continue;
        }
        // Of token ids, and of what only they are made of, there is none.
        let Some(from) = gradients[network.value_of(at)] else { continue };
        if let &[value] = &step.sources[..]
            && network.step_of(value).is_some_and(|before| fused[before] == Some(at))
        {
            // The step before, or the one behind, multiplies it with the derivative in place.
            gradients[value] = Some(from);
            continue;
        }
        let mut temporary = Vec::new();
        let mut to = Vec::new();
        for &value in &step.sources {
            to.push(contribute(network, value, &mut gradients, &mut temporary, &mut pool));
        }
        temporary.into_iter().for_each(|slot| pool.give_back(slot));
        if let Gradient::Slot(slot) = from {
            pool.give_back(slot);
        }
        steps.push(BackwardStep { step: at, from, to });
    }
    let (slots, slot_of) = pool.finish();
    let settle = |gradient: &mut Gradient| {
        if let Gradient::Slot(lease) = gradient {
            *lease = slot_of[*lease];
        }
    };
    for step in &mut steps {
        settle(&mut step.from);
        for to in &mut step.to {
            settle(&mut to.gradient);
            to.add_from = to.add_from.map(|lease| slot_of[lease]);
        }
    }
    let unread = (0..network.inputs.len()).filter(|&input| gradients[input].is_none() && !is_tokens(network, input)).collect();
    Backward { steps, slots, unread }
}

/// The first reader (in reverse) writes a value's gradient; later ones add to it.
fn contribute(
    network: &Network,
    value: usize,
    gradients: &mut [Option<Gradient>],
    temporary: &mut Vec<usize>,
    pool: &mut Pool,
) -> Contribution {
    if is_tokens(network, value) {
        return Contribution { value, gradient: Gradient::Nothing, add_from: None };
    }
    if let Some(gradient) = gradients[value] {
        let slot = pool.take(value);
        temporary.push(slot);
        return Contribution { value, gradient, add_from: Some(slot) };
    }
    let gradient = match value < network.inputs.len() {
        true => Gradient::Input(value),
        false => Gradient::Slot(pool.take(value)),
    };
    gradients[value] = Some(gradient);
    Contribution { value, gradient, add_from: None }
}

/// Whether a value is token ids. Where only the compiler knows its size, what is written says it, or the layer that makes it.
fn is_tokens(network: &Network, value: usize) -> bool {
    if let Some(dims) = network.known(value).dims() {
        return dims.is_tokens();
    }
    match network.step_of(value).map(|step| &network.steps[step].what) {
        // The second input of a body is its mask.
        None => value > 0 && network.role == Role::Bidirectional || network.inputs[value].shape.as_ref().is_some_and(|shape| shape.tokens),
        Some(What::Builtin(builtin)) => (builtin.spec.output)(&Args::NONE, &[]).is_tokens(),
        Some(_) => false,
    }
}
