//! What convolutions and pools have in common: a window that moves over time, or over height and width.

use super::common::{first, wrong};
use super::table::{Args, Choice, OptionSpec, Padding, Place, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Needs, Problem};

/// The slot of the window's height or length; the next one has its width.
pub(super) const SIZE: usize = 1;
/// The slot of the stride along the first axis; the next one has that along the second.
pub(super) const STRIDE: usize = 3;
/// The first slot of the padding.
pub(super) const PADDING: usize = 5;
/// The slot of the dilation along the first axis; the next one has that along the second.
pub(super) const DILATION: usize = 10;
/// The slot of the number of groups.
pub(super) const GROUPS: usize = 12;
/// The slot of what happens to rows that no window covers.
pub(super) const EDGE: usize = 13;

/// A window along one axis: `size` taps, `dilation` apart, which moves by `stride`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The number of taps.
    pub size: usize,
    /// How far it moves from one output to the next.
    pub stride: usize,
    /// The distance of its taps.
    pub dilation: usize,
}

impl Window {
    /// How many inputs there are from the first tap to the last.
    #[must_use]
    pub const fn reach(self) -> usize {
        self.size.saturating_sub(1).saturating_mul(self.dilation).saturating_add(1)
    }

    /// What the padding adds before and after an axis of `inputs`: the first axis of a shape, or the second.
    #[must_use]
    pub const fn added(self, padding: Padding, second: bool, inputs: usize) -> (usize, usize) {
        match padding {
            Padding::Valid => (0, 0),
            Padding::Causal => (self.reach() - 1, 0),
            Padding::Explicit([before, after, ..]) if !second => (before, after),
            Padding::Explicit([.., before, after]) => (before, after),
            Padding::Same => {
                let last = self.outputs(padding, second, inputs).saturating_sub(1).saturating_mul(self.stride);
                let total = last.saturating_add(self.reach()).saturating_sub(inputs);
                (total / 2, total - total / 2)
            }
        }
    }

    /// How many outputs an axis of `inputs` gives: exactly as many, where the padding is `Same` or `Causal` and the stride 1.
    #[must_use]
    pub const fn outputs(self, padding: Padding, second: bool, inputs: usize) -> usize {
        let stride = if self.stride == 0 { 1 } else { self.stride };
        if matches!(padding, Padding::Same | Padding::Causal) {
            return if stride == 1 { inputs } else { inputs.div_ceil(stride) };
        }
        let (before, after) = self.added(padding, second, inputs);
        let padded = inputs.saturating_add(before).saturating_add(after);
        if padded < self.reach() { 0 } else { (padded - self.reach()) / stride + 1 }
    }

    /// How many inputs at the end of an axis no window covers.
    #[must_use]
    pub const fn dropped(self, padding: Padding, second: bool, inputs: usize) -> usize {
        let (before, after) = self.added(padding, second, inputs);
        let padded = inputs.saturating_add(before).saturating_add(after);
        if self.stride == 0 || padded < self.reach() {
            return 0;
        }
        ((padded - self.reach()) % self.stride).saturating_sub(after)
    }
}

/// The windows of a layer along both axes; `stride` is the default along each.
pub(super) const fn windows(args: &Args, stride: [usize; 2]) -> [Window; 2] {
    [window(args, 0, stride[0]), window(args, 1, stride[1])]
}

const fn window(args: &Args, axis: usize, stride: usize) -> Window {
    Window { size: args.or(SIZE + axis, 1), stride: args.or(STRIDE + axis, stride), dilation: args.or(DILATION + axis, 1) }
}

/// The number of outputs along height and width.
pub(super) const fn output(args: &Args, windows: [Window; 2], input: Dims) -> [usize; 2] {
    let padding = args.padding(PADDING);
    [windows[0].outputs(padding, false, input.dim(0)), windows[1].outputs(padding, true, input.dim(1))]
}

/// The number of rows and columns that no window covers.
pub(super) const fn dropped(args: &Args, windows: [Window; 2], input: Dims) -> [usize; 2] {
    let padding = args.padding(PADDING);
    [windows[0].dropped(padding, false, input.dim(0)), windows[1].dropped(padding, true, input.dim(1))]
}

/// The check that no size of a window is zero; `what` names it.
pub(super) const fn nonzero(windows: [Window; 2], what: &'static str) -> Check {
    let [h, w] = windows;
    if h.size == 0 || w.size == 0 {
        return Check::Fails(Problem::ZeroOption { what });
    }
    if h.stride == 0 || w.stride == 0 {
        return Check::Fails(Problem::ZeroOption { what: "stride" });
    }
    if h.dilation == 0 || w.dilation == 0 {
        return Check::Fails(Problem::ZeroOption { what: "dilation" });
    }
    Check::Fits
}

/// The check of windows over an input of a known rank: `what` names them.
pub(super) const fn check(args: &Args, windows: [Window; 2], input: Dims, what: &'static str) -> Check {
    let [h, w] = windows;
    let found = nonzero(windows, what);
    let Check::Fits = found else { return found };
    let outputs = output(args, windows, input);
    if outputs[0] == 0 || outputs[1] == 0 {
        return Check::Fails(Problem::LargeWindow { what, reach: [h.reach(), w.reach()], input });
    }
    let dropped = dropped(args, windows, input);
    if args.or(EDGE, 0) == 1 && (dropped[0] > 0 || dropped[1] > 0) {
        return Check::Fails(Problem::Edge { dropped, input });
    }
    Check::Fits
}

/// The check of a pool: as [`check`], and every window sees an input.
pub(super) const fn check_pool(args: &Args, windows: [Window; 2], input: Dims) -> Check {
    let found = check(args, windows, input, "window");
    let Padding::Explicit([top, bottom, left, right]) = args.padding(PADDING) else { return found };
    match found {
        Check::Fits if max(top, bottom) >= windows[0].size => wide(windows[0].size, max(top, bottom)),
        Check::Fits if max(left, right) >= windows[1].size => wide(windows[1].size, max(left, right)),
        found => found,
    }
}

const fn max(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}

const fn wide(window: usize, padding: usize) -> Check {
    Check::Fails(Problem::WidePadding { window, padding })
}

/// An image of numbers.
pub(super) const fn image(inputs: &[Dims]) -> Check {
    let got = first(inputs);
    if got.rank() == 3 { Check::Fits } else { wrong(Needs::Image, got) }
}

/// `stride = ..`.
pub(super) const fn stride(kind: ValueKind, default: &'static str, place: Place) -> OptionSpec {
    OptionSpec { key: "stride", kind, doc: "How far the window moves from one output to the next.", default, place }
}

/// `dilation = ..`.
pub(super) const fn dilation(kind: ValueKind, place: Place) -> OptionSpec {
    OptionSpec { key: "dilation", kind, doc: "The distance of neighbouring taps of the window.", default: "1", place }
}

/// `padding = ..` of an image.
pub(super) const PADDING_2D: OptionSpec = OptionSpec {
    key: "padding",
    kind: ValueKind::Padding(&["Valid", "Same"], false),
    doc: "`Valid`: the window stays inside. `Same`: as many outputs as inputs, divided by the stride and rounded up; of an odd number \
          of added rows or columns the larger half goes to the end. Or a size for all sides, `(vertical, horizontal)` or `(top, bottom, left, \
          right)`.",
    default: "Valid",
    place: Place::SlotAndField(PADDING),
};

/// `padding = ..` of a sequence.
pub(super) const PADDING_1D: OptionSpec = OptionSpec {
    key: "padding",
    kind: ValueKind::Padding(&["Valid", "Same", "Causal"], true),
    doc: "`Valid`: the window stays inside. `Same`: as many outputs as inputs, divided by the stride and rounded up; of an odd number \
          of added steps the larger half goes to the end. `Causal`: the same with all of them before the first step, so that no output sees \
          a later input. Or a size for both ends, or `(before, after)`.",
    default: "Valid",
    place: Place::SlotAndField(PADDING),
};

/// `padding = ..` of a pool over a sequence.
pub(super) const POOL_PADDING_1D: OptionSpec = OptionSpec {
    kind: ValueKind::Padding(&["Valid", "Same"], true),
    doc: "`Valid`: the window stays inside. `Same`: as many outputs as inputs, divided by the stride and rounded up; of an odd number \
          of added steps the larger half goes to the end. Or a size for both ends, or `(before, after)`.",
    ..PADDING_1D
};

static EDGES: Choice = Choice { ty: "Edge", words: &["Drop", "Error"] };

/// `edge = ..`.
pub(super) const EDGE_OPTION: OptionSpec = OptionSpec {
    key: "edge",
    kind: ValueKind::Choice(&EDGES),
    doc: "What happens to the last rows or columns if no window covers them: `Drop` leaves them out, as Keras does; `Error` is an \
          error of the compiler.",
    default: "Drop",
    place: Place::Slot(EDGE),
};

#[cfg(test)]
mod tests {
    use super::*;

    const fn window(size: usize, stride: usize, dilation: usize) -> Window {
        Window { size, stride, dilation }
    }

    #[test]
    fn sizes_are_those_of_keras() {
        assert_eq!(window(3, 2, 1).outputs(Padding::Valid, false, 8), 3);
        assert_eq!(window(3, 2, 1).outputs(Padding::Same, false, 8), 4);
        assert_eq!(window(3, 2, 1).added(Padding::Same, false, 8), (0, 1), "the larger half at the end");
        assert_eq!(window(3, 1, 2).outputs(Padding::Valid, false, 8), 4);
        assert_eq!(window(3, 1, 2).added(Padding::Causal, false, 8), (4, 0));
        assert_eq!(window(3, 2, 1).outputs(Padding::Causal, false, 7), 4);
        assert_eq!(window(2, 3, 1).added(Padding::Same, false, 7), (0, 1));
        assert_eq!(window(1, 3, 1).added(Padding::Same, false, 9), (0, 0), "never less than nothing");
        assert_eq!(window(3, 1, 1).outputs(Padding::Explicit([1, 2, 3, 4]), true, 8), 13);
        assert_eq!(window(9, 1, 1).outputs(Padding::Valid, false, 8), 0);
    }

    #[test]
    fn what_no_window_covers() {
        assert_eq!(window(2, 2, 1).dropped(Padding::Valid, false, 7), 1);
        assert_eq!(window(2, 2, 1).dropped(Padding::Same, false, 7), 0);
        assert_eq!(window(2, 4, 1).dropped(Padding::Valid, false, 9), 3);
        assert_eq!(window(2, 3, 1).dropped(Padding::Explicit([0, 1, 0, 0]), false, 6), 1, "a row of padding and one of the input");
    }
}
