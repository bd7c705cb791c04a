//! Sentences for problems of one kind each.

use super::{Cut, Needs, Problem, Site};
use crate::dims::Dims;
use crate::message::Msg;

/// What can be wrong with a convolution or a pool.
pub(super) const fn window(head: Msg, problem: Problem, site: &Site) -> Msg {
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

pub(super) const fn wrong_input(head: Msg, needs: Needs, got: &Dims, site: &Site) -> Msg {
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

pub(super) const fn undivided(head: Msg, cut: Cut, parts: usize, of: usize) -> Msg {
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

pub(super) const fn no_axis(head: Msg, axis: isize, shape: &Dims) -> Msg {
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

pub(super) const fn slice(head: Msg, [start, length, axis]: [usize; 3], shape: &Dims, site: &Site) -> Msg {
    let head = head.str("axis ").num(axis + 1).str(" has no places ").num(start).str(" to ");
    let head = head.num(start.saturating_add(length).saturating_sub(1));
    let head = head.str("\n  input: ").dims(shape).str(", from ").str(site.producer).str("\nhelp: ");
    let size = shape.dim(axis);
    match size.saturating_sub(start) {
        0 => head.str("the first place is 0, the last one ").num(size.saturating_sub(1)),
        rest => head.str("from ").num(start).str(" on there are ").num(rest),
    }
}

pub(super) const fn permutation(head: Msg, order: &Dims, shape: &Dims, site: &Site) -> Msg {
    let head = head.str("an order has each axis once, counted from 1\n  order: ").dims(order);
    let head = head.str("\n  input: ").dims(shape).str(", from ").str(site.producer).str("\nhelp: ");
    match shape.rank() {
        1 => head.str("a vector has one axis, and one order: leave this out"),
        2 => head.str("`Permute([2, 1])`"),
        _ => head.str("for example `Permute([3, 1, 2])`, which makes [channels, h, w]"),
    }
}

pub(super) const fn count(head: Msg, want: &Dims, got: &Dims, site: &Site) -> Msg {
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
