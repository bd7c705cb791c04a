//! What can be wrong with a layer in its place, and the sentence for it.

use crate::dims::Dims;
use crate::message::Msg;

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
        /// What the named entry gives.
        second: Dims,
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
        use Problem::{Branch, Count, DenseOnImage, Differ, Edge, Groups, LargeWindow, Repeat, WrongInput};
        let window = matches!(self, Self::Fails(LargeWindow { .. } | Groups { .. } | Edge { .. }));
        window
            || matches!(
                self,
                Self::Fails(WrongInput { .. } | DenseOnImage { .. } | Differ { .. } | Count { .. } | Branch { .. } | Repeat { .. })
            )
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

/// The check of a residual block: its branch must return the shape it began with.
pub const fn residual(input: &Dims, branch: &Dims) -> Check {
    if input.same(branch) {
        return Check::Fits;
    }
    Check::Fails(Problem::Branch { input: *input, branch: *branch })
}

/// The check of a repeated body: it must return its input shape.
pub const fn repeat(input: &Dims, output: &Dims) -> Check {
    if input.same(output) {
        return Check::Fits;
    }
    Check::Fails(Problem::Repeat { input: *input, output: *output })
}

/// The check of a network's input: every axis has a size.
pub const fn input(shape: &Dims) -> Check {
    if shape.elements() > 0 {
        return Check::Fits;
    }
    Check::Fails(Problem::ZeroInput { shape: *shape })
}

/// The check of the number of a repeat.
pub const fn times(count: usize) -> Check {
    if count > 0 { Check::Fits } else { Check::Fails(Problem::ZeroRepeat) }
}

/// The check of `-> [..]`.
pub const fn declared(declared: &Dims, computed: &Dims) -> Check {
    if declared.same(computed) {
        return Check::Fits;
    }
    Check::Fails(Problem::Declared { declared: *declared, computed: *computed })
}

/// The sentence for a problem: ``layer 2 `Dense(10)` of `Net`: what is wrong``, the facts,
/// aligned, and one concrete edit as help.
pub const fn message(problem: Problem, site: &Site) -> Msg {
    if let Problem::ZeroInput { shape } = problem {
        let head = Msg::new().str("a size of the input of `").str(site.net).str("` is zero: ").dims(&shape);
        return head.str("\nhelp: give sizes of 1 or more");
    }
    let head = Msg::new().str("layer ").num(site.index).str(" `").str(site.source);
    let head = head.str("` of `").str(site.net).str("`: ");
    match problem {
        Problem::ZeroSize => head.str("a layer needs at least one output").str("\nhelp: give a size of 1 or more"),
        Problem::ZeroOption { what } => head.str("the ").str(what).str(" must not be zero\nhelp: give a size of 1 or more"),
        Problem::LargeWindow { .. } | Problem::WidePadding { .. } | Problem::Groups { .. } | Problem::Edge { .. } => {
            window(head, problem, site)
        }
        Problem::ZeroRepeat => head.str("repeats its body zero times\nhelp: `Repeat(1)` or more"),
        Problem::ZeroInput { shape } | Problem::EmptyShape { shape } => {
            head.str("the shape ").dims(&shape).str(" has no values\nhelp: give sizes of 1 or more")
        }
        Problem::WrongInput { needs, got } => wrong_input(head, needs, &got, site),
        Problem::DenseOnImage { got } => {
            let head = head.str("receives an image ").dims(&got).str(" from ").str(site.producer);
            head.str("\nhelp: insert `Flatten` before it (").num(got.elements()).str(" values)")
        }
        Problem::Differ { first, second } => head
            .str("the inputs must have the same shape")
            .str("\n  from above: ")
            .dims(&first)
            .str(", ")
            .str(site.producer)
            .str("\n  named     : ")
            .dims(&second)
            .str("\nhelp: let both end in the same shape"),
        Problem::Count { want, got } => count(head, &want, &got, site),
        Problem::Branch { input, branch } => head
            .str("the branch must return its input shape")
            .str("\n  input : ")
            .dims(&input)
            .str(", from ")
            .str(site.producer)
            .str("\n  branch: ")
            .dims(&branch)
            .str("\nhelp: ")
            .help_last(&input, &branch),
        Problem::Repeat { input, output } => head
            .str("the body must return its input shape, or it cannot be repeated")
            .str("\n  input : ")
            .dims(&input)
            .str(", from ")
            .str(site.producer)
            .str("\n  output: ")
            .dims(&output)
            .str("\nhelp: ")
            .help_last(&input, &output),
        Problem::Declared { declared, computed } => head
            .str("declares another shape than it makes")
            .str("\n  declared: ")
            .dims(&declared)
            .str("\n  makes   : ")
            .dims(&computed)
            .str("\nhelp: write `-> ")
            .dims(&computed)
            .str("` or leave it out"),
    }
}

impl Msg {
    /// The edit that makes a branch end in the shape it began with.
    const fn help_last(self, input: &Dims, branch: &Dims) -> Self {
        if input.rank() < 3 && branch.with_last(input.last()).same(input) {
            return self.str("end it with `Dense(").num(input.last()).str(")`");
        }
        self.str("end it with a layer that makes ").dims(input)
    }
}

/// What can be wrong with a convolution or a pool.
const fn window(head: Msg, problem: Problem, site: &Site) -> Msg {
    match problem {
        Problem::LargeWindow { what, reach, input } => {
            let head = head.str("the ").str(what).str(" is larger than the input\n  ").str(what);
            let head = head.str(": ").num(reach[0]);
            let head = if input.rank() == 3 { head.str(" x ").num(reach[1]) } else { head };
            let head = head.str("\n  input : ").dims(&input).str(", from ").str(site.producer);
            head.str("\nhelp: make it smaller, or add `padding = Same`")
        }
        Problem::WidePadding { window, padding } => head
            .str("a window would see nothing but padding")
            .str("\n  window : ")
            .num(window)
            .str("\n  padding: ")
            .num(padding)
            .str("\nhelp: pad each side by less than the window"),
        Problem::Groups { groups, channels, filters } => head
            .str("the groups must divide channels and filters")
            .str("\n  groups  : ")
            .num(groups)
            .str("\n  channels: ")
            .num(channels)
            .str(", from ")
            .str(site.producer)
            .str("\n  filters : ")
            .num(filters)
            .str("\nhelp: use a divisor of ")
            .num(common_divisor(channels, filters)),
        Problem::Edge { dropped, input } => {
            let head = head.str("the end of the input is in no window\n  input  : ").dims(&input).str(", from ").str(site.producer);
            let head = if input.rank() == 3 {
                let head = head.str("\n  rows   : ").num(dropped[0]).str(" left out\n  columns: ").num(dropped[1]);
                head.str(" left out")
            } else {
                head.str("\n  steps  : ").num(dropped[0]).str(" left out")
            };
            head.str("\nhelp: add `padding = Same`, or allow it: `edge = Drop`")
        }
        _ => head,
    }
}

/// The greatest common divisor.
const fn common_divisor(mut a: usize, mut b: usize) -> usize {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

const fn wrong_input(head: Msg, needs: Needs, got: &Dims, site: &Site) -> Msg {
    let what = match needs {
        Needs::Sequence => "needs a sequence [time, features]",
        Needs::SequenceOrImage => "needs a sequence [time, features] or an image [h, w, channels]",
        Needs::Image => "needs an image [h, w, channels]",
        Needs::Tokens => "needs token ids [u32; n]",
        Needs::Numbers => "needs numbers",
    };
    let head = head.str(what).str(", receives ").dims(got).str(" from ").str(site.producer);
    let head = head.str("\nhelp: ");
    match needs {
        Needs::Tokens => head.str("declare `input: [u32; ").num(got.elements()).str("]`"),
        Needs::Image if got.rank() == 2 && !got.is_tokens() => {
            head.str("insert `Reshape(").dims(&Dims::image(got.dim(0), 1, got.last())).str(")` before it")
        }
        Needs::Image if !got.is_tokens() => {
            head.str("insert `Reshape([h, w, channels])` before it, with ").num(got.elements()).str(" values")
        }
        _ if got.is_tokens() => head.str("insert `Embedding(vocabulary, units)` before it"),
        Needs::Sequence if got.rank() == 3 => {
            let time = got.dim(0).saturating_mul(got.dim(1));
            head.str("insert `Reshape(").dims(&Dims::seq(time, got.last())).str(")` before it")
        }
        _ => head.str("insert `Reshape(").dims(&Dims::seq(1, got.last())).str(")` before it"),
    }
}

const fn count(head: Msg, want: &Dims, got: &Dims, site: &Site) -> Msg {
    head.str("a reshape keeps the number of values")
        .str("\n  asked for: ")
        .dims(want)
        .str(" = ")
        .num(want.elements())
        .str(" values")
        .str("\n  receives : ")
        .dims(got)
        .str(" = ")
        .num(got.elements())
        .str(" values, from ")
        .str(site.producer)
        .str("\nhelp: give sizes whose product is ")
        .num(got.elements())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: Site = Site { net: "Net", index: 2, source: "Dense(10)", producer: "layer 1 `Relu`" };

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
    #[should_panic(expected = "needs numbers, receives [u32; 4] from layer 1")]
    fn require_panics_with_the_message() {
        let needs = Needs::Numbers;
        require(Check::Fails(Problem::WrongInput { needs, got: Dims::tokens(4) }), &SITE);
    }
}
