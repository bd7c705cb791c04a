//! The outputs of one sample.

use super::Convolution;
use super::axis::Run;
use crate::activation::Activation;
use crate::kernels::product::{Chunks, End, LONGEST, Start, cut, register};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, Vector};

/// About so many outputs are finished at a time: sums of several chunks and the activation then find them in the second-level cache.
const BAND: usize = 16384;
/// A panel of so few rows is a short one.
const SHORT: usize = 32;
/// At least so many pixels are finished at a time: packing the weights shall not count.
const PIXELS: usize = 96;
/// The heights of tiles of one register: eight sums hide the latency of multiply-add.
const ONE: [usize; 3] = [8, 4, 1];
/// The heights of tiles of several registers.
const SEVERAL: [usize; 3] = [6, 3, 1];

/// One sample.
#[inline(always)]
pub fn convolve<S: Simd, T: Scalar>(simd: S, convolution: &Convolution, x: &[T], w: &[T], bias: &[T], y: &mut [T], activation: Activation) {
    let Convolution { columns, outputs, .. } = *convolution;
    let (width, chunks) = (columns.outputs.max(1), convolution.chunks());
    let band = (BAND / outputs.max(1)).max(PIXELS).div_ceil(width);
    for (index, y) in y.chunks_mut((band * width * outputs).max(1)).enumerate() {
        let band = [index * band, convolution.rows.outputs.min((index + 1) * band)];
        let groups = if convolution.is_lanewise() { 1 } else { convolution.groups };
        for group in 0..groups {
            Sum { convolution, x, w, chunks, group, band, start: Start::bias(bias) }.fill(simd, y);
        }
        activation.in_place(simd, outputs, y);
    }
}

/// Outputs that see inputs through the same taps.
#[derive(Clone, Copy)]
struct Rectangle {
    /// How many outputs a row and how many rows.
    width: usize,
    height: usize,
    /// Where the first output and its first input are, and how far it is to the next in the row, and to the next row.
    first: Place,
    next: Place,
    down: Place,
    /// The rows and columns of taps, and their first row of weights.
    taps: [usize; 2],
    weights: usize,
    /// How far it is to the next row of taps and to the next tap: in the input, and in rows of weights.
    tap_down: Place,
    tap_next: Place,
    /// How many consecutive inputs belong to a tap.
    len: usize,
    /// How many inputs there are from the first of an output to its last.
    reach: usize,
}

/// A place in the input and one in the output (or in the weights).
#[derive(Clone, Copy)]
struct Place {
    x: usize,
    y: usize,
}

impl Place {
    #[inline(always)]
    const fn to(self, by: Self) -> Self {
        Self { x: self.x + by.x, y: self.y + by.y }
    }
}

impl Rectangle {
    #[inline(always)]
    fn new(convolution: &Convolution, down: Run, across: Run, from: usize, group: usize) -> Self {
        let Convolution { columns, inputs, outputs, .. } = *convolution;
        let seen = convolution.seen();
        let (x_row, y_row) = (columns.inputs * inputs, columns.outputs * outputs);
        let mut rectangle = Self {
            width: across.count,
            height: down.count,
            first: Place {
                x: down.input * x_row + across.input * inputs + group * seen,
                y: (down.first - from) * y_row + across.first * outputs,
            },
            next: Place { x: across.along * inputs, y: across.step * outputs },
            down: Place { x: down.along * x_row, y: down.step * y_row },
            taps: if across.taps == 0 { [0, 0] } else { [down.taps, across.taps] },
            weights: (down.tap * columns.taps + across.tap) * seen,
            tap_down: Place { x: down.per_tap * x_row, y: down.tap_step * columns.taps * seen },
            tap_next: Place { x: across.per_tap * inputs, y: across.tap_step * seen },
            len: seen,
            reach: 0,
        };
        // Neighbouring taps see neighbouring inputs: a row of taps is one.
        if convolution.groups == 1 && across.per_tap == 1 && across.tap_step == 1 && across.taps > 0 {
            rectangle.len = seen * across.taps;
            rectangle.taps[1] = 1;
        }
        let Rectangle { taps: [high, wide], tap_down, tap_next, len, .. } = rectangle;
        if high > 0 && wide > 0 {
            rectangle.reach = (high - 1) * tap_down.x + (wide - 1) * tap_next.x + len;
        }
        rectangle
    }
}

/// A product that an output sums.
#[derive(Clone, Copy)]
struct Term {
    /// How far its input is from the first of the output.
    x: usize,
    /// Its row of the panel.
    row: usize,
}

impl Rectangle {
    /// The products of an output of these that are in a chunk, in order.
    #[inline(always)]
    fn terms<'t>(&self, part: Part, terms: &'t mut [Term]) -> &'t [Term] {
        let mut count = 0;
        let mut row = Place { x: 0, y: self.weights };
        for _ in 0..self.taps[0] {
            let mut tap = row;
            for _ in 0..self.taps[1] {
                let first = tap.y.max(part.first);
                let end = (tap.y + self.len).min(part.first + part.len);
                for (y, term) in (first..end).zip(terms.get_mut(count..).unwrap_or_default()) {
                    *term = Term { x: tap.x + y - tap.y, row: y - part.first };
                    count += 1;
                }
                tap = tap.to(self.tap_next);
            }
            row = row.to(self.tap_down);
        }
        terms.get(..count).unwrap_or_default()
    }
}

/// Goes through the outputs of a rectangle.
struct Pixels {
    at: Place,
    row: Place,
    left: usize,
}

impl Pixels {
    /// The places of the next `R` outputs; the caller knows that there are so many.
    #[inline(always)]
    fn take<const R: usize>(&mut self, rectangle: &Rectangle) -> [Place; R] {
        let mut places = [self.at; R];
        if self.left > R {
            for place in &mut places {
                *place = self.at;
                self.at = self.at.to(rectangle.next);
            }
            self.left -= R;
            return places;
        }
        for place in &mut places {
            *place = self.at;
            self.left -= usize::from(self.left > 0);
            if self.left > 0 {
                self.at = self.at.to(rectangle.next);
            } else {
                self.row = self.row.to(rectangle.down);
                (self.at, self.left) = (self.row, rectangle.width);
            }
        }
        places
    }
}

/// Some rows of outputs of one group.
#[derive(Clone, Copy)]
struct Sum<'a, T> {
    convolution: &'a Convolution,
    x: &'a [T],
    w: &'a [T],
    chunks: Chunks,
    group: usize,
    /// The first row and that after the last.
    band: [usize; 2],
    start: Start<'a, T>,
}

/// The part of a sum that a panel is for: some columns, one chunk.
#[derive(Clone, Copy)]
struct Part {
    column: usize,
    width: usize,
    first: usize,
    len: usize,
}

/// The outputs in channels `from..to`, `V` registers of them at a time: a function of its own.
struct Strip<'a, 'y, T, const V: usize, const FULL: bool, const LANEWISE: bool> {
    sum: Sum<'a, T>,
    from: usize,
    to: usize,
    y: &'y mut [T],
}

impl<T: Scalar, const V: usize, const FULL: bool, const LANEWISE: bool> Kernel for Strip<'_, '_, T, V, FULL, LANEWISE> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let wide = V * T::Vector::<S>::LANES;
        for column in (self.from..self.to).step_by(wide) {
            let width = wide.min(self.to - column);
            // Clearing a long panel would take longer than a short sum.
            if self.sum.chunks.len(0) <= SHORT {
                self.sum.chunked::<S, V, FULL, LANEWISE, SHORT>(simd, column, width, self.y);
            } else {
                self.sum.chunked::<S, V, FULL, LANEWISE, LONGEST>(simd, column, width, self.y);
            }
        }
    }
}

/// The weights of a part, row by row: in place, neighbouring rows of a wide matrix fall into the same few sets of the first-level cache.
type Panel<S, T, const V: usize> = [[<T as Scalar>::Vector<S>; V]];

impl<T: Scalar> Sum<'_, T> {
    /// All channels of the group.
    #[inline(always)]
    fn fill<S: Simd>(self, simd: S, y: &mut [T]) {
        let (lanes, outputs) = (T::Vector::<S>::LANES, self.convolution.outputs);
        if self.convolution.is_lanewise() {
            let full = outputs / lanes * lanes;
            simd.outline(Strip::<T, 1, true, true> { sum: self, from: 0, to: full, y });
            return simd.outline(Strip::<T, 1, false, true> { sum: self, from: full, to: outputs, y });
        }
        let width = self.convolution.group();
        let (mut from, to) = (self.group * width, (self.group + 1) * width);
        if const { S::REGISTERS >= 32 } && to - from >= 4 * lanes {
            let end = from + (to - from) / (4 * lanes) * (4 * lanes);
            simd.outline(Strip::<T, 4, true, false> { sum: self, from, to: end, y });
            from = end;
        }
        if to - from >= 2 * lanes {
            let end = from + (to - from) / (2 * lanes) * (2 * lanes);
            simd.outline(Strip::<T, 2, true, false> { sum: self, from, to: end, y });
            from = end;
        }
        if to - from >= lanes {
            simd.outline(Strip::<T, 1, true, false> { sum: self, from, to: from + lanes, y });
            from += lanes;
        }
        if from < to {
            simd.outline(Strip::<T, 1, false, false> { sum: self, from, to, y });
        }
    }

    /// All pixels of `V` registers of channels, chunk by chunk; none has more than `ROWS` rows of weights.
    #[inline(always)]
    fn chunked<S: Simd, const V: usize, const FULL: bool, const LANEWISE: bool, const ROWS: usize>(
        self,
        simd: S,
        column: usize,
        width: usize,
        y: &mut [T],
    ) {
        let Convolution { rows, columns, .. } = *self.convolution;
        let mut panel = [[T::Vector::<S>::splat(simd, T::ZERO); V]; ROWS];
        let mut terms = [Term { x: 0, row: 0 }; ROWS];
        for chunk in 0..self.chunks.count {
            let part = Part { column, width, first: self.chunks.start(chunk), len: self.chunks.len(chunk) };
            let Some(panel) = panel.get_mut(..part.len) else { return };
            self.pack::<S, V>(simd, part, panel);
            let end = self.start.of_chunk(chunk, self.chunks.count);
            for down in rows.runs(self.band[0], self.band[1]) {
                for across in columns.runs(0, columns.outputs) {
                    let rectangle = Rectangle::new(self.convolution, down, across, self.band[0], self.group);
                    let terms = rectangle.terms(part, &mut terms);
                    let tile = Tile { x: self.x, rectangle: &rectangle, terms, part, panel, end };
                    tile.all::<FULL, LANEWISE>(simd, y);
                }
            }
        }
    }

    #[inline(always)]
    fn pack<S: Simd, const V: usize>(self, simd: S, part: Part, panel: &mut Panel<S, T, V>) {
        let (lanes, outputs) = (T::Vector::<S>::LANES, self.convolution.outputs);
        let mut at = part.first * outputs + part.column;
        for registers in panel {
            let weights = cut(self.w, at, part.width);
            if part.width == V * lanes {
                for (v, register) in registers.iter_mut().enumerate() {
                    *register = T::Vector::<S>::load(simd, cut(weights, v * lanes, lanes));
                }
            } else {
                for (v, register) in registers.iter_mut().enumerate() {
                    *register = T::Vector::<S>::load_partial(simd, weights.get(v * lanes..).unwrap_or_default());
                }
            }
            at += outputs;
        }
    }
}

/// One chunk of a rectangle by `V` registers of channels.
struct Tile<'a, S: Simd, T: Scalar, const V: usize> {
    x: &'a [T],
    rectangle: &'a Rectangle,
    terms: &'a [Term],
    part: Part,
    panel: &'a Panel<S, T, V>,
    end: End<'a, T>,
}

impl<S: Simd, T: Scalar, const V: usize> Tile<'_, S, T, V> {
    /// All pixels, a few at a time.
    #[inline(always)]
    fn all<const FULL: bool, const LANEWISE: bool>(&self, simd: S, y: &mut [T]) {
        let [tall, middle, _] = if V == 1 { ONE } else { SEVERAL };
        let rectangle = self.rectangle;
        let mut pixels = Pixels { at: rectangle.first, row: rectangle.first, left: rectangle.width };
        let mut left = rectangle.width * rectangle.height;
        while left > 0 {
            let height = if left >= tall {
                if V == 1 {
                    self.some::<{ ONE[0] }, FULL, LANEWISE>(simd, pixels.take(rectangle), y);
                } else {
                    self.some::<{ SEVERAL[0] }, FULL, LANEWISE>(simd, pixels.take(rectangle), y);
                }
                tall
            } else if left >= middle {
                if V == 1 {
                    self.some::<{ ONE[1] }, FULL, LANEWISE>(simd, pixels.take(rectangle), y);
                } else {
                    self.some::<{ SEVERAL[1] }, FULL, LANEWISE>(simd, pixels.take(rectangle), y);
                }
                middle
            } else {
                self.some::<1, FULL, LANEWISE>(simd, pixels.take(rectangle), y);
                1
            };
            left -= height;
        }
    }

    /// `R` pixels.
    #[inline(always)]
    fn some<const R: usize, const FULL: bool, const LANEWISE: bool>(&self, simd: S, pixels: [Place; R], y: &mut [T]) {
        let Self { rectangle, part, .. } = *self;
        let (skip, more) = if LANEWISE { (part.column, part.width.saturating_sub(1)) } else { (0, 0) };
        let mut sums = [[T::Vector::<S>::splat(simd, T::ZERO); V]; R];
        // All are of one length, said once here: so the compiler need not ask at every step.
        let mut inputs = [&self.x[..0]; R];
        // Outputs that see nothing but padding have no place in the input.
        if rectangle.reach > 0 {
            for r in 0..R {
                let at = pixels[r].x + skip;
                let Some(seen) = self.x.get(at..at + rectangle.reach + more) else { return };
                inputs[r] = seen;
            }
        }
        for term in self.terms {
            let Some(weights) = self.panel.get(term.row) else { return };
            for r in 0..R {
                let factor = if LANEWISE {
                    register::<S, T, FULL>(simd, cut(inputs[r], term.x, part.width), 0)
                } else {
                    let Some(input) = inputs[r].get(term.x) else { return };
                    T::Vector::<S>::splat(simd, *input)
                };
                for v in 0..V {
                    sums[r][v] = factor.mul_add(weights[v], sums[r][v]);
                }
            }
        }
        self.finish::<R, FULL>(simd, sums, pixels, y);
    }

    /// Moves the sums into the outputs.
    #[inline(always)]
    fn finish<const R: usize, const FULL: bool>(&self, simd: S, mut sums: [[T::Vector<S>; V]; R], pixels: [Place; R], y: &mut [T]) {
        let (lanes, column) = (T::Vector::<S>::LANES, self.part.column);
        let width = if FULL { V * lanes } else { self.part.width };
        if self.end.add {
            for r in 0..R {
                let before = cut(y, pixels[r].y + column, width);
                for v in 0..V {
                    sums[r][v] = T::Vector::<S>::load(simd, before.get(v * lanes..).unwrap_or_default()).add(sums[r][v]);
                }
            }
        }
        if let Some(bias) = self.end.bias {
            let bias = cut(bias, column, width);
            for v in 0..V {
                let bias = T::Vector::<S>::load(simd, bias.get(v * lanes..).unwrap_or_default());
                for r in 0..R {
                    sums[r][v] = sums[r][v].add(bias);
                }
            }
        }
        for r in 0..R {
            let Some(y) = y.get_mut(pixels[r].y + column..pixels[r].y + column + width) else { return };
            for v in 0..V {
                if FULL {
                    sums[r][v].store(y.get_mut(v * lanes..).unwrap_or_default());
                } else {
                    sums[r][v].store_partial(y);
                }
            }
        }
    }
}
