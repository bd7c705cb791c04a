//! Patterns of dotted names.

use super::{Place, Tensor};

impl Tensor<'_> {
    /// Whether `pattern` is its name, or the name of something it is in: `encoder` is for every tensor of `encoder`. `*` stands for any
    /// characters, dots included: `*.bias`, `blocks.*.dense`. Allocates nothing.
    #[must_use]
    pub fn is(&self, pattern: &str) -> bool {
        // From the last character to the first: a place knows what it is in, not what is in it.
        let pattern = pattern.bytes().rev();
        matches(pattern.clone(), name(self.place)) || matches(b"*.".iter().copied().chain(pattern), name(self.place))
    }
}

/// The dotted name, backwards.
fn name<'a>(place: &'a Place<'a>) -> impl Iterator<Item = u8> + Clone + 'a {
    place.path().enumerate().flat_map(|(i, place)| {
        let dot = (i > 0).then_some(b'.');
        dot.into_iter().chain((0..).map_while(move |i| place.byte_from_end(i)))
    })
}

/// The usual search: a star takes as little as possible, and one more character whenever the rest does not match.
fn matches(mut pattern: impl Iterator<Item = u8> + Clone, mut text: impl Iterator<Item = u8> + Clone) -> bool {
    let mut star = None;
    loop {
        let (mut rest, mut others) = (pattern.clone(), text.clone());
        match (rest.next(), others.next()) {
            (None, None) => return true,
            (Some(b'*'), _) => {
                pattern = rest;
                star = Some((pattern.clone(), text.clone()));
            }
            (a, b) if a == b => (pattern, text) = (rest, others),
            _ => {
                let Some((after, from)) = &mut star else { return false };
                if from.next().is_none() {
                    return false;
                }
                (pattern, text) = (after.clone(), from.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::parameters::{Place, Role, Rules, Tensor, TensorDims};

    #[test]
    fn a_pattern_is_a_name_its_beginning_or_has_stars() {
        let blocks = Place::ROOT.entry("blocks", &Rules::DEFAULT);
        let block = blocks.index(120);
        let dense = block.entry("dense_2", &Rules::DEFAULT);
        let kernel = dense.field("kernel", Role::Kernel);
        let tensor = Tensor { place: &kernel, dims: TensorDims::SCALAR };
        for yes in [
            "blocks.120.dense_2.kernel",
            "blocks",
            "blocks.120",
            "blocks.120.dense_2",
            "*",
            "*.kernel",
            "*kernel",
            "blocks.*",
            "blocks.*.kernel",
            "blocks.*.dense_2",
            "*.dense_*",
            "*.dense_*.kernel",
            "b*k*.*2*l",
            "**",
            "blocks.1*0.*",
        ] {
            assert!(tensor.is(yes), "{yes}");
        }
        for no in [
            "",
            "block",
            "blocks.",
            "blocks.12",
            "blocks.20",
            "blocks.0120",
            "dense_2",
            "kernel",
            "*.dense",
            "*.bias",
            "*.kernel.*",
            "blocks.*.kerne",
            "blocks.120.dense_2.kernel.x",
            "*x*",
        ] {
            assert!(!tensor.is(no), "{no}");
        }
        let zero = blocks.index(0);
        let tensor = Tensor { place: &zero, dims: TensorDims::SCALAR };
        assert!(tensor.is("blocks.0") && !tensor.is("blocks.00") && !tensor.is("blocks.1"));
        assert!(!Tensor { place: &Place::ROOT, dims: TensorDims::SCALAR }.is("x"));
    }
}
