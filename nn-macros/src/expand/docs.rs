//! Documentation of what is generated.

use super::context::Context;
use crate::model::{Known, Step};

impl Context<'_> {
    /// A value's shape, as text.
    pub(super) fn shape_text(&self, value: usize) -> String {
        match self.net.known(value) {
            Known::Shape(dims) => {
                let text = nn_shape::Msg::new().dims(&dims);
                self.declaration.symbols.name_codes(text.as_str().to_owned()).0
            }
            Known::Deferred => "computed".to_owned(),
        }
    }

    fn shapes_text(&self, values: &[usize]) -> String {
        values.iter().map(|&value| self.shape_text(value)).collect::<Vec<_>>().join(", ")
    }

    /// What a layer is, for its field.
    pub(super) fn step_doc(&self, at: usize) -> String {
        let step = &self.net.steps[at];
        let (from, to) = (self.shapes_text(&step.sources), self.shape_text(self.net.value_of(at)));
        let Step { number, source, .. } = step;
        format!(" Layer {number}, `{source}`: `{from}` to `{to}`.")
    }

    /// The table of a network.
    pub(super) fn table_doc(&self) -> Vec<String> {
        let inputs: Vec<usize> = (0..self.net.inputs.len()).collect();
        let outputs: Vec<usize> = self.net.outputs.iter().map(|output| output.value).collect();
        let mut lines = vec![
            String::new(),
            format!(" From `{}` to `{}`.", self.shapes_text(&inputs), self.shapes_text(&outputs)),
            String::new(),
            " | entry | layer | output |".to_owned(),
            " |---|---|---|".to_owned(),
        ];
        for (at, step) in self.net.steps.iter().enumerate().filter(|(_, step)| !step.inline) {
            let shape = self.shape_text(self.net.value_of(at));
            // A bar would end the cell.
            let source = step.source.replace('|', "\\|");
            lines.push(format!(" | `{}` | `{source}` | `{shape}` |", self.steps[at].name));
        }
        lines
    }
}
