//! What is right and hardly meant: warnings.

use crate::diag::{Warning, catalogue};
use crate::lower::number;
use crate::model::{Builtin, Network, Role, Step, Value, What};
use nn_shape::spec::ValueKind;
use syn::Attribute;

/// Collects the doubts about a network and its blocks.
pub(super) fn network(network: &Network, attrs: &[Attribute], warnings: &mut Vec<Warning>) {
    for (at, step) in network.steps.iter().enumerate() {
        match &step.what {
            What::Builtin(builtin) => {
                let mut doubts = Doubts { network, step, attrs, warnings };
                doubts.idle(builtin);
                doubts.last(builtin, at);
                doubts.twice(builtin);
            }
            What::Block(inner) | What::Repeat(_, inner) => self::network(inner, attrs, warnings),
            What::User(_) | What::Broken => {}
        }
    }
}

/// A step under suspicion.
struct Doubts<'a> {
    network: &'a Network,
    step: &'a Step,
    /// Of the declaration.
    attrs: &'a [Attribute],
    warnings: &'a mut Vec<Warning>,
}

impl Doubts<'_> {
    fn warn(&mut self, diagnosis: &'static catalogue::Diagnosis, with: &[(&str, &str)]) {
        let (network, step) = (self.network, self.step);
        let site = format!("layer {} `{}` of `{}`", step.number, step.source, network.title);
        let mut words = vec![("site", &*site)];
        words.extend(with);
        let attrs = self.attrs.iter().chain(&step.docs).filter(|attr| is_lint_level(attr)).cloned().collect();
        self.warnings.push(Warning { ends: step.ends, text: diagnosis.text(&words), attrs });
    }

    /// `Dropout(0.0)`
    fn idle(&mut self, builtin: &Builtin) {
        for arg in builtin.spec.positional {
            let ValueKind::Float(Some(range)) = arg.kind else { continue };
            let given = builtin.fields.iter().find(|field| field.key == arg.name);
            let value = given.and_then(|field| match &field.value {
                Value::Plain(expr) => number(expr),
                _ => None,
            });
            if value.is_some() && value == range.idle {
                self.warn(&catalogue::IDLE, &[("key", arg.name)]);
            }
        }
    }

    /// A network that ends in a layer which only training sees.
    fn last(&mut self, builtin: &Builtin, at: usize) {
        let value = self.network.value_of(at);
        let goes_out = self.network.outputs.iter().any(|output| output.value == value);
        if goes_out && self.network.role == Role::Root && builtin.spec.inference_identity {
            self.warn(&catalogue::LAST, &[]);
        }
    }

    /// An activation over the last axis, such as Softmax, of the values of another one.
    fn twice(&mut self, builtin: &Builtin) {
        let Some(&source) = self.step.sources.first() else { return };
        if normalizes(builtin)
            && let Some(before) = made_by(self.network, source).filter(|before| normalizes(before))
        {
            let producer = self.network.producer(source);
            self.warn(&catalogue::TWICE, &[("name", builtin.spec.name), ("before", before.spec.name), ("producer", &*producer)]);
        }
    }
}

fn normalizes(builtin: &Builtin) -> bool {
    builtin.spec.is_activation && !builtin.spec.pointwise
}

/// The layer that makes a value in a prediction, also at the end of a block.
fn made_by(network: &Network, value: usize) -> Option<&Builtin> {
    let step = &network.steps[network.step_of(value)?];
    match &step.what {
        What::Builtin(builtin) if builtin.spec.inference_identity => made_by(network, *step.sources.first()?),
        What::Builtin(builtin) => Some(builtin),
        What::Block(inner) | What::Repeat(_, inner) => made_by(inner, inner.outputs.first()?.value),
        What::User(_) | What::Broken => None,
    }
}

/// `#[allow(..)]` and the like: what decides about warnings.
fn is_lint_level(attr: &Attribute) -> bool {
    ["allow", "expect", "warn", "deny", "forbid"].iter().any(|level| attr.path().is_ident(level))
}
