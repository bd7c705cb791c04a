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
        /// How many steps are asked.
        steps: usize,
        /// What it gives.
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
        use Problem::{Branch, Concat, Count, DenseOnImage, Differ, Edge, Groups, LargeWindow, Permutation, Repeat, Slice, WrongInput};
        let Self::Fails(problem) = self else { return false };
        let window = matches!(problem, LargeWindow { .. } | Groups { .. } | Edge { .. } | Slice { .. } | Permutation { .. });
        window
            || matches!(
                problem,
                WrongInput { .. } | DenseOnImage { .. } | Differ { .. } | Concat { .. } | Count { .. } | Branch { .. } | Repeat { .. }
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

/// The check of a body that is run on each step of its input: there are steps, and what it makes of one can stand in a row.
pub const fn distributed(input: &Dims, output: &Dims) -> Check {
    if input.is_tokens() || input.rank() < 2 {
        return Check::Fails(Problem::WrongInput { needs: Needs::SequenceOrImage, got: *input });
    }
    if output.is_tokens() || output.rank() > 2 {
        return Check::Fails(Problem::Steps { output: *output });
    }
    Check::Fits
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
        Problem::Differ { first, other, index } => {
            let head = head.str("the inputs must have the same shape");
            head.pair(&first, &other, index, site).str("\nhelp: let both end in the same shape")
        }
        Problem::Concat { first, other, index, axis } => {
            let head = head.str("joined along axis ").num(axis + 1).str(", the inputs must agree in the other axes");
            let head = head.pair(&first, &other, index, site).str("\nhelp: ");
            if first.rank() == other.rank() { head.help_concat(&first, &other, axis) } else { head.str("let both have the same axes") }
        }
        Problem::NoAxis { axis, shape } => no_axis(head, axis, &shape),
        Problem::Slice { start, length, axis, shape } => slice(head, [start, length, axis], &shape, site),
        Problem::Permutation { order, shape } => permutation(head, &order, &shape, site),
        Problem::Steps { output } => head
            .str("its body makes ")
            .dims(&output)
            .str(" of each step, and there is no sequence of those")
            .str("\nhelp: end it with `Flatten`"),
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
        Problem::Memory { got } => head
            .str("its `memory` must be a sequence [time, features], and is ")
            .dims(&got)
            .str("\nhelp: name an entry that makes a sequence"),
        Problem::Mask { steps, got } => head
            .str("its `mask` must have one token id for each step that is asked, [u32; ")
            .num(steps)
            .str("], and is ")
            .dims(&got)
            .str("\nhelp: name the input of these steps' token ids; a step of id 0 is padding"),
        Problem::TooLong { length, got } => head
            .str("has ")
            .num(length)
            .str(" positions, and receives the ")
            .num(got.dim(0))
            .str(" steps of ")
            .dims(&got)
            .str(" from ")
            .str(site.producer)
            .str("\nhelp: `max_length = ")
            .num(got.dim(0))
            .str("` or more, or leave it out"),
        Problem::Undivided { cut, parts, of } => undivided(head, cut, parts, of),
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
    /// A negative number, too.
    const fn int(self, n: isize) -> Self {
        let out = if n < 0 { self.str("-") } else { self };
        out.num(n.unsigned_abs())
    }

    /// Two inputs that do not go together, and where they come from.
    const fn pair(self, first: &Dims, other: &Dims, index: usize, site: &Site) -> Self {
        let out = self.str("\n  ").dims(first).str(" from ").str(site.producer).str("\n  ").dims(other);
        let at = index.saturating_sub(1);
        if at < site.others.len() { out.str(" from ").str(site.others[at]) } else { out }
    }

    /// An axis along which two shapes can be joined, or what must change.
    const fn help_concat(self, first: &Dims, other: &Dims, axis: usize) -> Self {
        let mut i = 0;
        while i < first.rank() {
            if first.with(i, 1).same(&other.with(i, 1)) {
                return self.str("`axis = ").num(i + 1).str("` joins these");
            }
            i += 1;
        }
        self.str("let the second one end in ").dims(&first.with(axis, other.dim(axis)))
    }

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
        Needs::Vector => "needs a vector [features]",
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
        Needs::Vector => head.str("insert `Flatten`, `Last` or `GlobalAvgPool` before it"),
        Needs::Sequence if got.rank() == 3 => {
            let time = got.dim(0).saturating_mul(got.dim(1));
            head.str("insert `Reshape(").dims(&Dims::seq(time, got.last())).str(")` before it")
        }
        _ => head.str("insert `Reshape(").dims(&Dims::seq(1, got.last())).str(")` before it"),
    }
}

/// A sequence.
pub const fn sequence(got: &Dims) -> Check {
    if got.rank() == 2 && !got.is_tokens() { Check::Fits } else { Check::Fails(Problem::WrongInput { needs: Needs::Sequence, got: *got }) }
}

const fn undivided(head: Msg, cut: Cut, parts: usize, of: usize) -> Msg {
    let fits = nearest_divisor(parts, of);
    let (whole, part) = match cut {
        Cut::Groups => ("channels", "groups"),
        Cut::Heads => ("features", "heads"),
        Cut::HeadGroups => {
            let head = head.num(of).str(" heads cannot share ").num(parts).str(" heads of keys and values equally");
            return head.str("\nhelp: `kv_heads = ").num(fits).str("`");
        }
        Cut::Pairs => {
            let head = head.str("rotary positions turn pairs of numbers, and the length of a key is ").num(of);
            return head.str("\nhelp: give keys an even length, or leave out `rotary`");
        }
    };
    let head = head.num(of).str(" ").str(whole).str(" do not make ").num(parts).str(" equal ").str(part);
    head.str("\nhelp: ").num(fits).str(" ").str(part).str(" of ").num(of / fits).str(" do")
}

/// The largest divisor of `of` that is no larger than `parts`; 1 of nothing.
const fn nearest_divisor(parts: usize, of: usize) -> usize {
    let mut divisor = if parts < of { parts } else { of };
    while divisor > 1 && !of.is_multiple_of(divisor) {
        divisor -= 1;
    }
    if divisor == 0 { 1 } else { divisor }
}

/// Whether `parts` equal parts make up `of`.
pub const fn divides(cut: Cut, parts: usize, of: usize) -> Check {
    if parts > 0 && of.is_multiple_of(parts) { Check::Fits } else { Check::Fails(Problem::Undivided { cut, parts, of }) }
}

const fn no_axis(head: Msg, axis: isize, shape: &Dims) -> Msg {
    let head = if axis == 0 {
        head.str("axis 0 is the batch, which a network does not see")
    } else {
        head.dims(shape).str(" has no axis ").int(axis)
    };
    let head = head.str("\nhelp: ");
    match shape.rank() {
        1 => head.str("the features are axis 1"),
        2 => head.str("the time is axis 1, the features are axis 2 or -1"),
        _ => head.str("the height is axis 1, the width axis 2, the channels are axis 3 or -1"),
    }
}

const fn slice(head: Msg, [start, length, axis]: [usize; 3], shape: &Dims, site: &Site) -> Msg {
    let head = head.str("axis ").num(axis + 1).str(" has no places ").num(start).str(" to ");
    let head = head.num(start.saturating_add(length).saturating_sub(1));
    let head = head.str("\n  input: ").dims(shape).str(", from ").str(site.producer).str("\nhelp: ");
    let size = shape.dim(axis);
    match size.saturating_sub(start) {
        0 => head.str("the first place is 0, the last one ").num(size.saturating_sub(1)),
        rest => head.str("from ").num(start).str(" on there are ").num(rest),
    }
}

const fn permutation(head: Msg, order: &Dims, shape: &Dims, site: &Site) -> Msg {
    let head = head.str("an order has each axis once, counted from 1\n  order: ").dims(order);
    let head = head.str("\n  input: ").dims(shape).str(", from ").str(site.producer).str("\nhelp: ");
    match shape.rank() {
        1 => head.str("a vector has one axis, and one order: leave this out"),
        2 => head.str("`Permute([2, 1])`"),
        _ => head.str("for example `Permute([3, 1, 2])`, which makes [channels, h, w]"),
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
