//! The sentence for a problem.

use super::details::{count, no_axis, permutation, slice, undivided, window, wrong_input};
use super::{Problem, Site};
use crate::dims::Dims;
use crate::message::Msg;

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
            .str("its `mask` must have one token id for each step, [u32; ")
            .num(steps)
            .str("], and is ")
            .dims(&got)
            .str("\nhelp: name the input of these steps' token ids; a step of id 0 is padding"),
        Problem::State { want, got } => head
            .str("its `initial_state` must be ")
            .dims(&want)
            .str(if want.rank() == 2 { ", the state and then the carry, and is " } else { ", one number for each unit, and is " })
            .dims(&got)
            .str("\nhelp: name an input of that shape, or a recurrent layer with as many units and `return_state = true`"),
        Problem::StateOfSteps => head
            .str("an entry has one output, and `return_sequences` and `return_state` ask for two")
            .str("\nhelp: leave out one of them; the last step of a sequence is given by `Last`"),
        Problem::OtherTable { units, got } => head
            .str("compares with vectors of ")
            .num(units)
            .str(" numbers, and receives ")
            .dims(&got)
            .str(" from ")
            .str(site.producer)
            .str("\nhelp: let what comes before it end in ")
            .num(units)
            .str(" features, those of the embedding"),
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
    pub(super) const fn int(self, n: isize) -> Self {
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
