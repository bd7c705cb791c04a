//! The outputs of one sample.

use super::Convolution;
use super::axis::Run;
use crate::activation::Activation;
use crate::kernels::product::{Chunks, End, Start, cut, register};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, Vector};

/// About so many outputs are finished at a time: sums of several chunks and the activation then find them in the first-level cache.
const BAND: usize = 8192;
/// At least so many pixels are finished at a time: the weights may come from far away.
const PIXELS: usize = 48;
/// The heights of tiles of one register: twelve sums hide the latency of multiply-add.
const ONE: [usize; 3] = [12, 4, 1];
/// The heights of tiles of several registers.
const SEVERAL: [usize; 3] = [6, 3, 1];

/// One sample.
#[inline(always)]
pub fn convolve<S: Simd, T: Scalar>(simd: S, convolution: &Convolution, x: &[T], w: &[T], bias: &[T], y: &mut [T], activation: Activation) {
    let Convolution { rows, columns, outputs, .. } = *convolution;
    let (width, chunks) = (columns.outputs.max(1), convolution.chunks());
    let band = (BAND / outputs.max(1)).max(PIXELS).div_ceil(width);
    for (index, y) in y.chunks_mut((band * width * outputs).max(1)).enumerate() {
        let from = index * band;
        for down in rows.runs(from, rows.outputs.min(from + band)) {
            for across in columns.runs(0, columns.outputs) {
                let groups = if convolution.is_lanewise() { 1 } else { convolution.groups };
                for group in 0..groups {
                    let rectangle = Rectangle::new(convolution, down, across, from, group);
                    Sum { x, w, chunks, outputs, rectangle, start: Start::bias(bias) }.fill(simd, convolution, group, y);
                }
            }
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
        };
        // Neighbouring taps see neighbouring inputs: a row of taps is one.
        if convolution.groups == 1 && across.per_tap == 1 && across.tap_step == 1 && across.taps > 0 {
            rectangle.len = seen * across.taps;
            rectangle.taps[1] = 1;
        }
        rectangle
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

/// The outputs of one rectangle.
#[derive(Clone, Copy)]
struct Sum<'a, T> {
    x: &'a [T],
    w: &'a [T],
    chunks: Chunks,
    outputs: usize,
    rectangle: Rectangle,
    start: Start<'a, T>,
}

/// The part of a sum that a tile takes: some columns, one chunk.
#[derive(Clone, Copy)]
struct Part<'a, T> {
    column: usize,
    width: usize,
    first: usize,
    len: usize,
    end: End<'a, T>,
}

/// The outputs of one rectangle in channels `from..to`, `V` registers of them at a time: a function of its own.
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
            self.sum.chunked::<S, V, FULL, LANEWISE>(simd, column, wide.min(self.to - column), self.y);
        }
    }
}

impl<T: Scalar> Sum<'_, T> {
    /// All channels of a group.
    #[inline(always)]
    fn fill<S: Simd>(self, simd: S, convolution: &Convolution, group: usize, y: &mut [T]) {
        let lanes = T::Vector::<S>::LANES;
        if convolution.is_lanewise() {
            let full = self.outputs / lanes * lanes;
            simd.outline(Strip::<T, 1, true, true> { sum: self, from: 0, to: full, y });
            return simd.outline(Strip::<T, 1, false, true> { sum: self, from: full, to: self.outputs, y });
        }
        let width = convolution.group();
        let (mut from, to) = (group * width, (group + 1) * width);
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

    /// All pixels of `V` registers of channels, chunk by chunk.
    #[inline(always)]
    fn chunked<S: Simd, const V: usize, const FULL: bool, const LANEWISE: bool>(self, simd: S, column: usize, width: usize, y: &mut [T]) {
        let [tall, middle, _] = if V == 1 { ONE } else { SEVERAL };
        for chunk in 0..self.chunks.count {
            let (first, len, end) = (self.chunks.start(chunk), self.chunks.len(chunk), self.start.of_chunk(chunk, self.chunks.count));
            let part = Part { column, width, first, len, end };
            let rectangle = &self.rectangle;
            let mut pixels = Pixels { at: rectangle.first, row: rectangle.first, left: rectangle.width };
            let mut left = rectangle.width * rectangle.height;
            while left > 0 {
                let height = if left >= tall {
                    if V == 1 {
                        self.tile::<S, { ONE[0] }, V, FULL, LANEWISE>(simd, pixels.take(rectangle), part, y);
                    } else {
                        self.tile::<S, { SEVERAL[0] }, V, FULL, LANEWISE>(simd, pixels.take(rectangle), part, y);
                    }
                    tall
                } else if left >= middle {
                    if V == 1 {
                        self.tile::<S, { ONE[1] }, V, FULL, LANEWISE>(simd, pixels.take(rectangle), part, y);
                    } else {
                        self.tile::<S, { SEVERAL[1] }, V, FULL, LANEWISE>(simd, pixels.take(rectangle), part, y);
                    }
                    middle
                } else {
                    self.tile::<S, 1, V, FULL, LANEWISE>(simd, pixels.take(rectangle), part, y);
                    1
                };
                left -= height;
            }
        }
    }

    /// `R` pixels by `V` registers of channels: one chunk.
    #[inline(always)]
    fn tile<S: Simd, const R: usize, const V: usize, const FULL: bool, const LANEWISE: bool>(
        self,
        simd: S,
        pixels: [Place; R],
        part: Part<'_, T>,
        y: &mut [T],
    ) {
        let lanes = T::Vector::<S>::LANES;
        let rectangle = &self.rectangle;
        let mut sums = [[T::Vector::<S>::splat(simd, T::ZERO); V]; R];
        let mut row = Place { x: 0, y: rectangle.weights };
        for _ in 0..rectangle.taps[0] {
            let mut tap = row;
            for _ in 0..rectangle.taps[1] {
                // What of this tap is in the chunk.
                let first = tap.y.max(part.first);
                let end = (tap.y + rectangle.len).min(part.first + part.len);
                if first < end {
                    let at = tap.x + first - tap.y;
                    self.tap::<S, R, V, FULL, LANEWISE>(simd, pixels.map(|place| place.x + at), first, end - first, part, &mut sums);
                }
                tap = tap.to(rectangle.tap_next);
            }
            row = row.to(rectangle.tap_down);
        }
        for (sums, place) in sums.iter().zip(pixels) {
            for (v, sum) in sums.iter().enumerate() {
                let (column, width) = (part.column + v * lanes, if FULL { lanes } else { part.width });
                if let Some(y) = y.get_mut(place.y + column..place.y + column + width) {
                    part.end.apply::<S, FULL>(simd, *sum, column, y);
                }
            }
        }
    }

    /// Adds `len` consecutive inputs of each pixel, times as many rows of weights from `first` on.
    #[inline(always)]
    fn tap<S: Simd, const R: usize, const V: usize, const FULL: bool, const LANEWISE: bool>(
        self,
        simd: S,
        at: [usize; R],
        first: usize,
        len: usize,
        part: Part<'_, T>,
        sums: &mut [[T::Vector<S>; V]; R],
    ) {
        let lanes = T::Vector::<S>::LANES;
        let (skip, len_x) = if LANEWISE { (part.column, part.width) } else { (0, len) };
        let mut inputs = [&self.x[..0]; R];
        for (inputs, at) in inputs.iter_mut().zip(at) {
            *inputs = cut(self.x, at + skip, len_x);
        }
        // Said once here, the compiler need not ask at every step.
        if inputs.iter().any(|inputs| inputs.len() != len_x) {
            return;
        }
        let mut weights_at = first * self.outputs + part.column;
        for k in 0..len {
            let Some(weights) = self.w.get(weights_at..weights_at + if FULL { V * lanes } else { part.width }) else { return };
            weights_at += self.outputs;
            let mut registers = [T::Vector::<S>::splat(simd, T::ZERO); V];
            for v in 0..V {
                registers[v] = register::<S, T, FULL>(simd, weights, v);
            }
            for r in 0..R {
                if LANEWISE {
                    for v in 0..V {
                        sums[r][v] = register::<S, T, FULL>(simd, inputs[r], v).mul_add(registers[v], sums[r][v]);
                    }
                } else {
                    let factor = T::Vector::<S>::splat(simd, inputs[r].get(k).copied().unwrap_or(T::ZERO));
                    for v in 0..V {
                        sums[r][v] = factor.mul_add(registers[v], sums[r][v]);
                    }
                }
            }
        }
    }
}
