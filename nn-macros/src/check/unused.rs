//! Outputs nobody uses.

use crate::diag::{Errors, catalogue};
use crate::model::{Network, Role, What};
use crate::span::Ends;

/// Reports entries and inputs that have no effect on the output.
pub(super) fn network(network: &Network, errors: &mut Errors) {
    let mut used = vec![false; network.inputs.len() + network.steps.len()];
    let sources = network.steps.iter().flat_map(|step| &step.sources);
    for &value in sources.chain(network.outputs.iter().map(|output| &output.value)) {
        used[value] = true;
    }
    for (value, _) in used.iter().enumerate().filter(|(_, used)| !**used) {
        match network.step_of(value) {
            Some(step) => unused_step(network, step, errors),
            None => unused_input(network, value, errors),
        }
    }
    for step in &network.steps {
        if let What::Block(inner) | What::Repeat(_, inner) = &step.what {
            self::network(inner, errors);
        }
    }
}

fn unused_step(network: &Network, at: usize, errors: &mut Errors) {
    let step = &network.steps[at];
    let site = format!("layer {} `{}` of `{}`", step.number, step.source, network.title);
    let name = if step.named { step.name.to_string() } else { String::new() };
    let diagnosis = if step.inline { &catalogue::UNUSED_NAMELESS } else { &catalogue::UNUSED };
    errors.report(diagnosis, step.ends, &[("site", &*site), ("name", &*name)]);
}

fn unused_input(network: &Network, value: usize, errors: &mut Errors) {
    // A block that ignores its input is caught as an unused line outside, or is a mistake
    // worth the same words.
    let input = &network.inputs[value];
    let span = if network.role == Role::Root { input.name.span() } else { network.ident.span() };
    let name = input.name.to_string();
    errors.report(&catalogue::UNUSED_INPUT, Ends::at(span), &[("name", &*name)]);
}
