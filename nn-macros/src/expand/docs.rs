//! Documentation of what is generated.

use super::context::Context;
use crate::model::{Dim, Known, LIMIT, Network, What};
use crate::text::thousands;
use nn_shape::Dims;
use nn_shape::spec::UNSET;

/// What stands for a shape or a number that only the compiler knows.
const COMPUTED: &str = "computed";

impl Context<'_> {
    /// A value's shape, as text.
    pub(super) fn shape_text(&self, value: usize) -> String {
        match self.net.known(value) {
            Known::Shape(dims) => {
                let text = nn_shape::Msg::new().dims(&dims);
                self.declaration.symbols.name_codes(text.as_str().to_owned()).0
            }
            Known::Deferred => COMPUTED.to_owned(),
        }
    }

    fn shapes_text(&self, values: &[usize]) -> String {
        values.iter().map(|&value| format!("`{}`", self.shape_text(value))).collect::<Vec<_>>().join(", ")
    }

    /// What a layer is, for its field.
    pub(super) fn step_doc(&self, at: usize) -> String {
        let step = &self.net.steps[at];
        let (from, to) = (self.shapes_text(&step.sources), self.shape_text(self.net.value_of(at)));
        let count = match parameters(self.net, at) {
            Some(1) => ", 1 parameter".to_owned(),
            Some(count) => format!(", {} parameters", thousands(count)),
            None => String::new(),
        };
        format!(" `{}`: {from} -> `{to}`{count}.{}", step.source, dropped_text(self.dropped(at)))
    }

    /// The rows and columns at the end of its input that a step leaves out, as far as the macro knows.
    pub(super) fn dropped(&self, at: usize) -> [usize; 2] {
        let step = &self.net.steps[at];
        let What::Builtin(builtin) = &step.what else { return [0; 2] };
        let inputs: Option<Vec<Dims>> = step.sources.iter().map(|&value| self.net.known(value).dims()).collect();
        let (Some(rule), Some(args), Some(inputs)) = (builtin.spec.dropped, builtin.args(), inputs) else { return [0; 2] };
        // Of a const parameter there is nothing to say.
        let known = inputs.iter().all(|dims| (0..dims.rank()).all(|axis| dims.dim(axis) < LIMIT));
        if known { rule(&args, &inputs).map(|count| if count < LIMIT { count } else { 0 }) } else { [0; 2] }
    }

    /// The table of a network.
    pub(super) fn table_doc(&self) -> Vec<String> {
        let inputs: Vec<usize> = (0..self.net.inputs.len()).collect();
        let outputs: Vec<usize> = self.net.outputs.iter().map(|output| output.value).collect();
        let mut lines = vec![
            String::new(),
            format!(" {} -> {}", self.shapes_text(&inputs), self.shapes_text(&outputs)),
            String::new(),
            " | entry | layer | output | parameters |".to_owned(),
            " |---|---|---|---:|".to_owned(),
        ];
        let number = |count: Option<usize>| count.map_or(COMPUTED.to_owned(), thousands);
        for (at, step) in self.net.steps.iter().enumerate().filter(|(_, step)| !step.inline) {
            let shape = self.shape_text(self.net.value_of(at));
            // A bar would end the cell.
            let source = step.source.replace('|', "\\|");
            let count = number(parameters(self.net, at));
            let dropped = dropped_text(self.dropped(at));
            lines.push(format!(" | `{}` | `{source}` | `{shape}`{dropped} | {count} |", self.steps[at].name));
        }
        lines.push(format!(" | total | | | {} |", number(total(self.net))));
        lines
    }
}

/// What is said of rows and columns that are left out.
fn dropped_text(dropped: [usize; 2]) -> String {
    let words: Vec<String> = dropped
        .iter()
        .zip(["row", "column"])
        .filter(|(count, _)| **count > 0)
        .map(|(count, word)| format!("{count} {word}{}", if *count > 1 { "s" } else { "" }))
        .collect();
    if words.is_empty() { String::new() } else { format!(" Leaves out {} at the end.", words.join(" and ")) }
}

/// The parameters of a network, if the macro knows all sizes.
pub(crate) fn total(net: &Network) -> Option<usize> {
    (0..net.steps.len()).try_fold(0usize, |sum, at| Some(sum.saturating_add(parameters(net, at)?)))
}

/// The parameters of a step, if the macro knows the sizes: a const parameter is none.
fn parameters(net: &Network, at: usize) -> Option<usize> {
    let step = &net.steps[at];
    match &step.what {
        What::Builtin(builtin) => {
            let Some(rule) = builtin.spec.parameters else { return Some(0) };
            let args = builtin.args()?;
            let inputs: Vec<Dims> = step.sources.iter().map(|&value| net.known(value).dims()).collect::<Option<_>>()?;
            let axes = inputs.iter().flat_map(|dims| (0..dims.rank()).map(|i| dims.dim(i)));
            let known = args.sizes.into_iter().filter(|&size| size != UNSET).chain(axes).all(|size| size < LIMIT);
            known.then(|| rule(&args, &inputs))
        }
        What::Block(inner) => total(inner),
        What::Repeat(Dim::Known(times), inner) if *times < LIMIT => Some(total(inner)?.saturating_mul(*times)),
        What::Repeat(..) | What::User(_) | What::Broken => None,
    }
}
