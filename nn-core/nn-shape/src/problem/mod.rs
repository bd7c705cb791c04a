//! What can be wrong with a layer in its place, and the sentence for it.

mod checks;
mod details;
mod text;

pub use checks::{declared, distributed, divides, input, repeat, residual, sequence, times};
pub use text::message;

use crate::dims::Dims;

/// What kind of input a layer needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// `[time, features]`.
    Sequence,
    /// `[time, features]` or `[height, width, channels]`.
    SequenceOrImage,
    /// `[height, width, channels]`.
    Image,
    /// Token ids.
    Tokens,
    /// Numbers of any shape.
    Numbers,
    /// `[features]`.
    Vector,
}

/// What must be cut into equal parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Channels into groups.
    Groups,
    /// Features into heads.
    Heads,
    /// Heads that ask into groups, one for each head that is asked.
    HeadGroups,
    /// The length of a key into pairs, which rotary positions turn.
    Pairs,
}

/// Why a layer does not fit. Numbers only, so that it is `Copy` in const evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A size that must be at least one is zero.
    ZeroSize,
    /// An option that must be at least one is zero.
    ZeroOption {
        /// What it is called: `stride`.
        what: &'static str,
    },
    /// A window has no place in its input.
    LargeWindow {
        /// What it is called: `kernel`.
        what: &'static str,
        /// Its height and width, from the first tap to the last.
        reach: [usize; 2],
        /// The input.
        input: Dims,
    },
    /// So much padding that a window of a pool would see nothing else.
    WidePadding {
        /// The size of the window along the axis.
        window: usize,
        /// The padding on one side.
        padding: usize,
    },
    /// Groups that do not divide the channels or the filters.
    Groups {
        /// The number of groups.
        groups: usize,
        /// The channels of the input.
        channels: usize,
        /// The channels of the output.
        filters: usize,
    },
    /// The end of the input is in no window, and that was to be an error.
    Edge {
        /// How many rows and columns, or steps and 0.
        dropped: [usize; 2],
        /// The input.
        input: Dims,
    },
    /// An axis of the declared shape is zero.
    EmptyShape {
        /// The declared shape.
        shape: Dims,
    },
    /// An axis of a network's input is zero.
    ZeroInput {
        /// The shape.
        shape: Dims,
    },
    /// A body is repeated zero times.
    ZeroRepeat,
    /// The input is of another kind.
    WrongInput {
        /// What the layer works on.
        needs: Needs,
        /// What it receives.
        got: Dims,
    },
    /// A dense layer after an image.
    DenseOnImage {
        /// The image.
        got: Dims,
    },
    /// The inputs of a merge differ.
    Differ {
        /// What the line above (or `from`) gives.
        first: Dims,
        /// What another input gives.
        other: Dims,
        /// Its number, from 0 (which is the first).
        index: usize,
    },
    /// The inputs of a concatenation differ in another axis than the one they are joined along.
    Concat {
        /// The first input.
        first: Dims,
        /// Another one.
        other: Dims,
        /// Its number.
        index: usize,
        /// The axis, from 0.
        axis: usize,
    },
    /// An axis that the inputs do not have.
    NoAxis {
        /// As it is written, Keras's number.
        axis: isize,
        /// The first input.
        shape: Dims,
    },
    /// A part of an axis that the axis does not have.
    Slice {
        /// The first place.
        start: usize,
        /// The number of places.
        length: usize,
        /// The axis, from 0.
        axis: usize,
        /// The input.
        shape: Dims,
    },
    /// An order of axes that does not have each axis of the input once.
    Permutation {
        /// The order, from 1.
        order: Dims,
        /// The input.
        shape: Dims,
    },
    /// A body that is run on each step makes something of which there is no sequence.
    Steps {
        /// What it makes.
        output: Dims,
    },
    /// A reshape that changes the number of values.
    Count {
        /// The shape asked for.
        want: Dims,
        /// The shape received.
        got: Dims,
    },
    /// The branch of a residual block ends in another shape than it began with.
    Branch {
        /// The block's input.
        input: Dims,
        /// What the branch gives.
        branch: Dims,
    },
    /// The body of a repeat ends in another shape than it began with.
    Repeat {
        /// The body's input.
        input: Dims,
        /// What the body gives.
        output: Dims,
    },
    /// The named entry that an attention asks is no sequence.
    Memory {
        /// What it gives.
        got: Dims,
    },
    /// The named entry that says which steps are padding does not have one id for each.
    Mask {
        /// How many steps there are.
        steps: usize,
        /// What it gives.
        got: Dims,
    },
    /// The named entry that a recurrent layer starts from is no state of it.
    State {
        /// The state's shape.
        want: Dims,
        /// What it gives.
        got: Dims,
    },
    /// A recurrent layer is asked for its state and for each of its steps.
    StateOfSteps,
    /// A table of vectors is asked about vectors of another length.
    OtherTable {
        /// The length of its vectors.
        units: usize,
        /// The input.
        got: Dims,
    },
    /// The maximal length of positions is shorter than the sequence.
    TooLong {
        /// The length.
        length: usize,
        /// The sequence.
        got: Dims,
    },
    /// Something cannot be cut into equal parts.
    Undivided {
        /// What is cut into what.
        cut: Cut,
        /// Into how many parts.
        parts: usize,
        /// How much there is.
        of: usize,
    },
    /// `-> [..]` disagrees with what the layer makes.
    Declared {
        /// What is written.
        declared: Dims,
        /// What comes out.
        computed: Dims,
    },
}

/// The result of a layer's check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The layer fits.
    Fits,
    /// It does not.
    Fails(Problem),
}

impl Check {
    /// Whether what the layer receives is a part of the problem: then its producer is worth showing.
    #[must_use]
    pub const fn is_about_input(&self) -> bool {
        use Problem::{
            Branch, Concat, Count, DenseOnImage, Differ, Edge, Groups, LargeWindow, OtherTable, Permutation, Repeat, Slice, WrongInput,
        };
        let Self::Fails(problem) = self else { return false };
        let window = matches!(problem, LargeWindow { .. } | Groups { .. } | Edge { .. } | Slice { .. } | Permutation { .. });
        let several = matches!(problem, Differ { .. } | Concat { .. } | Count { .. } | Branch { .. } | Repeat { .. });
        window || several || matches!(problem, WrongInput { .. } | DenseOnImage { .. } | OtherTable { .. })
    }
}

/// Where a layer stands, for its message.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The network's name.
    pub net: &'a str,
    /// The layer's number, from 1.
    pub index: usize,
    /// The layer as it is written.
    pub source: &'a str,
    /// What feeds it: ``layer 1 `Dense(512)` `` or `the input`.
    pub producer: &'a str,
    /// What feeds its further inputs.
    pub others: &'a [&'a str],
}

/// Panics with the message of a failed check, at the caller's location.
///
/// Generated code calls it in `const` items, so the location is the layer in the declaration.
#[track_caller]
pub const fn require(check: Check, site: &Site) {
    if let Check::Fails(problem) = check {
        let text = message(problem, site);
        panic!("{}", text.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: Site = Site { net: "Net", index: 2, source: "Dense(10)", producer: "layer 1 `Relu`", others: &["the input"] };

    #[test]
    fn the_voice() {
        let problem = Problem::DenseOnImage { got: Dims::image(16, 5, 5) };
        assert_eq!(
            message(problem, &SITE).as_str(),
            "layer 2 `Dense(10)` of `Net`: receives an image [16, 5, 5] from layer 1 `Relu`\n\
             help: insert `Flatten` before it (400 values)"
        );
    }

    #[test]
    fn a_branch_names_the_edit() {
        let problem = Problem::Branch { input: Dims::flat(64), branch: Dims::flat(32) };
        let text = message(problem, &SITE);
        assert!(text.as_str().ends_with("help: end it with `Dense(64)`"), "{}", text.as_str());
    }

    #[test]
    fn an_axis_that_joins_is_offered() {
        let problem = Problem::Concat { first: Dims::seq(4, 8), other: Dims::seq(5, 8), index: 1, axis: 1 };
        assert_eq!(
            message(problem, &SITE).as_str(),
            "layer 2 `Dense(10)` of `Net`: joined along axis 2, the inputs must agree in the other axes\n  \
             [4, 8] from layer 1 `Relu`\n  [5, 8] from the input\nhelp: `axis = 1` joins these"
        );
        let problem = Problem::Concat { first: Dims::image(4, 4, 8), other: Dims::image(5, 5, 2), index: 1, axis: 2 };
        assert!(message(problem, &SITE).as_str().ends_with("help: let the second one end in [4, 4, 2]"));
        let problem = Problem::NoAxis { axis: -3, shape: Dims::seq(4, 8) };
        assert!(message(problem, &SITE).as_str().contains("[4, 8] has no axis -3\nhelp: the time is axis 1"));
    }

    #[test]
    #[should_panic(expected = "needs numbers, receives [u32; 4] from layer 1")]
    fn require_panics_with_the_message() {
        let needs = Needs::Numbers;
        require(Check::Fails(Problem::WrongInput { needs, got: Dims::tokens(4) }), &SITE);
    }
}
