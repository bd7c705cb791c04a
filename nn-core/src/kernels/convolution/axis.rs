//! One axis of a convolution: which taps of the window see an input, for every output.

/// One axis. Tap `k` of output `i` sees input `(i * up + k * dilation - before) / down`, if that is a whole number and such an input
/// exists; else it sees padding, which is zero.
///
/// A convolution moves up by its stride and down by 1; the gradient of its inputs, and a transposed convolution, the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The number of inputs.
    pub inputs: usize,
    /// The number of outputs.
    pub outputs: usize,
    /// The number of taps.
    pub taps: usize,
    /// The distance of taps.
    pub dilation: usize,
    /// The padding before the first input. Negative, if the window starts further in.
    pub before: isize,
    /// See above.
    pub up: usize,
    /// See above.
    pub down: usize,
}

/// Outputs `first`, `first + step`, .. that see inputs through the same taps `tap`, `tap + tap_step`, ..
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first output.
    pub first: usize,
    /// The distance of outputs.
    pub step: usize,
    /// How many outputs.
    pub count: usize,
    /// The first tap.
    pub tap: usize,
    /// The distance of taps.
    pub tap_step: usize,
    /// How many taps; there may be none.
    pub taps: usize,
    /// What the first tap of the first output sees.
    pub input: usize,
    /// How much further in the next output sees.
    pub along: usize,
    /// How much further in the next tap sees.
    pub per_tap: usize,
}

impl Axis {
    /// An axis of a convolution.
    #[must_use]
    pub const fn forward(inputs: usize, outputs: usize, taps: usize, stride: usize, dilation: usize, before: usize) -> Self {
        Self { inputs, outputs, taps, dilation, before: before.cast_signed(), up: stride, down: 1 }
    }

    /// The axis that leads from gradients of outputs to gradients of inputs, with the taps in reverse.
    #[must_use]
    pub const fn reversed(self) -> Self {
        let reach = (self.taps.saturating_sub(1) * self.dilation).cast_signed();
        let (inputs, outputs, before) = (self.outputs, self.inputs, reach - self.before);
        Self { inputs, outputs, taps: self.taps, dilation: self.dilation, before, up: self.down, down: self.up }
    }

    /// The distance of the taps that see an input.
    const fn tap_step(self) -> usize {
        let (mut a, mut b) = (self.dilation, self.down);
        while b > 0 {
            (a, b) = (b, a % b);
        }
        match self.down.checked_div(a) {
            Some(step) => step,
            None => 1,
        }
    }

    /// The first tap of an output that sees an input, how many do, and that input.
    #[inline]
    const fn taps_of(self, output: usize) -> (usize, usize, usize) {
        let (dilation, down) = (self.dilation.cast_signed(), self.down.cast_signed());
        let base = (output * self.up).cast_signed() - self.before;
        let mut tap = if base < 0 && dilation > 0 { (-base + dilation - 1) / dilation } else { 0 };
        let last = self.inputs.cast_signed() - 1;
        let end = if base > last * down || dilation == 0 { 0 } else { (last * down - base) / dilation + 1 };
        let end = if end < self.taps.cast_signed() { end } else { self.taps.cast_signed() };
        while tap < end && (base + tap * dilation) % down != 0 {
            tap += 1;
        }
        if tap >= end {
            return (0, 0, 0);
        }
        let count = (end - tap).cast_unsigned().div_ceil(self.tap_step());
        (tap.cast_unsigned(), count, ((base + tap * dilation) / down).cast_unsigned())
    }

    /// If the axis does not move down: where the outputs end that see an input through every tap.
    const fn whole(self) -> usize {
        let reach = (self.taps.saturating_sub(1) * self.dilation).cast_signed();
        let room = self.inputs.cast_signed() - 1 - reach + self.before;
        if room < 0 || self.up == 0 { 0 } else { room.cast_unsigned() / self.up + 1 }
    }

    /// The runs of outputs `from..to`, in an order that depends on nothing else.
    #[inline]
    pub fn runs(self, from: usize, to: usize) -> impl Iterator<Item = Run> {
        let tap_step = self.tap_step();
        let per_tap = (tap_step * self.dilation).checked_div(self.down).unwrap_or(0);
        (0..self.down).flat_map(move |phase| {
            let mut next = from + phase;
            core::iter::from_fn(move || {
                if next >= to {
                    return None;
                }
                let (tap, taps, input) = self.taps_of(next);
                let mut run = Run { first: next, step: self.down, count: 1, tap, tap_step, taps, input, along: self.up, per_tap };
                next += self.down;
                if taps == self.taps && self.down == 1 && next < self.whole().min(to) {
                    let end = self.whole().min(to);
                    (run.count, next) = (run.count + end - next, end);
                }
                while next < to && matches!(self.taps_of(next), (t, n, _) if t == tap && n == taps) {
                    run.count += 1;
                    next += self.down;
                }
                Some(run)
            })
        })
    }

    /// The outputs that see an input through `tap`, which must not move down: where they start, and how many.
    #[inline]
    pub fn seen_by(self, tap: usize) -> (usize, usize) {
        let offset = (tap * self.dilation).cast_signed() - self.before;
        let stride = self.up.max(1).cast_signed();
        let first = if offset < 0 { (-offset + stride - 1) / stride } else { 0 };
        let last = self.inputs.cast_signed() - 1 - offset;
        let end = if last < 0 { 0 } else { (last / stride + 1).min(self.outputs.cast_signed()) };
        (first.cast_unsigned(), (end - first).max(0).cast_unsigned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    /// What each tap of each output sees, by the definition.
    fn defined(axis: Axis) -> Vec<(usize, usize, usize)> {
        let mut all = Vec::new();
        for i in 0..axis.outputs {
            for k in 0..axis.taps {
                let at = (i * axis.up + k * axis.dilation) as isize - axis.before;
                if at >= 0 && at % axis.down as isize == 0 && at / (axis.down as isize) < axis.inputs as isize {
                    all.push((i, k, at as usize / axis.down));
                }
            }
        }
        all
    }

    fn by_runs(axis: Axis, from: usize, to: usize) -> (Vec<(usize, usize, usize)>, Vec<usize>) {
        let (mut all, mut outputs) = (Vec::new(), Vec::new());
        for run in axis.runs(from, to) {
            for m in 0..run.count {
                outputs.push(run.first + m * run.step);
                for t in 0..run.taps {
                    all.push((run.first + m * run.step, run.tap + t * run.tap_step, run.input + m * run.along + t * run.per_tap));
                }
            }
        }
        all.sort_unstable();
        outputs.sort_unstable();
        (all, outputs)
    }

    #[test]
    fn runs_are_the_definition() {
        for inputs in 1..8 {
            for taps in 1..5 {
                for (stride, dilation) in [(1, 1), (2, 1), (3, 1), (1, 2), (2, 2), (3, 2), (2, 3), (4, 2)] {
                    for before in 0..4 {
                        for outputs in 1..7 {
                            let axis = Axis::forward(inputs, outputs, taps, stride, dilation, before);
                            for axis in [axis, axis.reversed()] {
                                let (found, covered) = by_runs(axis, 0, axis.outputs);
                                assert_eq!(found, defined(axis), "{axis:?}");
                                assert!(covered.into_iter().eq(0..axis.outputs), "{axis:?}");
                                let (part, _) = by_runs(axis, 1, axis.outputs.max(1));
                                assert_eq!(part, defined(axis).into_iter().filter(|x| x.0 > 0).collect::<Vec<_>>(), "{axis:?}");
                            }
                            for tap in 0..taps {
                                let (first, count) = axis.seen_by(tap);
                                let expected: Vec<_> = defined(axis).into_iter().filter(|x| x.1 == tap).map(|x| x.0).collect();
                                assert!(expected.into_iter().eq(if count == 0 { 0..0 } else { first..first + count }), "{axis:?} {tap}");
                            }
                        }
                    }
                }
            }
        }
    }
}
