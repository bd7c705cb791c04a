//! What pools have in common: the windows, and the pixels they cover.

use crate::kernels::{Axis, cut_mut};
use crate::layers::conv2d::axis;
use crate::scalar::Scalar;
use crate::shape::Dims;
use crate::simd::{Simd, Vector};
use nn_shape::Padding;

/// Options of [`MaxPool2d`](super::MaxPool2d) and [`AvgPool2d`](super::AvgPool2d).
#[derive(Clone, Copy, Debug)]
pub struct Pool2dOptions {
    /// Height and width of the window.
    pub size: [usize; 2],
    /// How far the window moves from one output to the next, down and to the right. Default: 0, which stands for its size.
    pub stride: [usize; 2],
    /// What is added around the image. Default: [`Padding::Valid`].
    pub padding: Padding,
    /// Whether the zeros of the padding count in a mean. Default: no.
    pub count_padding: bool,
}

impl Pool2dOptions {
    /// Keras's defaults.
    pub const DEFAULT: Self = Self { size: [2, 2], stride: [0, 0], padding: Padding::Valid, count_padding: false };

    /// The windows over an input and the pixels of the output.
    #[inline(always)]
    pub(super) const fn windows(&self, from: Dims, to: Dims) -> Windows {
        Windows {
            rows: axis(self.size[0], or(self.stride[0], self.size[0]), 1, self.padding, false, from.dim(0), to.dim(0)),
            columns: axis(self.size[1], or(self.stride[1], self.size[1]), 1, self.padding, true, from.dim(1), to.dim(1)),
            channels: from.last(),
        }
    }
}

/// Options of [`MaxPool1d`](super::MaxPool1d) and [`AvgPool1d`](super::AvgPool1d).
#[derive(Clone, Copy, Debug)]
pub struct Pool1dOptions {
    /// The length of the window.
    pub size: usize,
    /// How far the window moves from one output to the next. Default: 0, which stands for its size.
    pub stride: usize,
    /// What is added before and after. Default: [`Padding::Valid`].
    pub padding: Padding,
    /// Whether the zeros of the padding count in a mean. Default: no.
    pub count_padding: bool,
}

impl Pool1dOptions {
    /// Keras's defaults.
    pub const DEFAULT: Self = Self { size: 2, stride: 0, padding: Padding::Valid, count_padding: false };

    /// The windows over an input and the steps of the output.
    #[inline(always)]
    pub(super) const fn windows(&self, from: Dims, to: Dims) -> Windows {
        Windows {
            rows: Axis::forward(1, 1, 1, 1, 1, 0),
            columns: axis(self.size, or(self.stride, self.size), 1, self.padding, false, from.dim(0), to.dim(0)),
            channels: from.last(),
        }
    }
}

const fn or(stride: usize, size: usize) -> usize {
    if stride == 0 { size } else { stride }
}

/// Windows over an image.
#[derive(Clone, Copy, Debug)]
pub(super) struct Windows {
    pub rows: Axis,
    pub columns: Axis,
    pub channels: usize,
}

/// The part of an axis that one window covers: where it starts, and how many.
#[inline(always)]
const fn covered(axis: Axis, output: usize) -> (usize, usize) {
    let first = (output * axis.up).cast_signed() - axis.before;
    let end = first + axis.taps.cast_signed();
    let start = if first < 0 { 0 } else { first.cast_unsigned() };
    let end = if end < 0 { 0 } else { end.cast_unsigned() };
    let end = if end < axis.inputs { end } else { axis.inputs };
    (start, end.saturating_sub(start))
}

/// Where the last window ends.
const fn end(axis: Axis) -> usize {
    match axis.outputs.checked_sub(1) {
        Some(last) => {
            let (first, count) = covered(axis, last);
            if first + count < axis.inputs { first + count } else { axis.inputs }
        }
        None => 0,
    }
}

impl Windows {
    /// The elements of an input and of an output.
    pub const fn lens(&self) -> (usize, usize) {
        let (rows, columns) = (self.rows, self.columns);
        (rows.inputs * columns.inputs * self.channels, rows.outputs * columns.outputs * self.channels)
    }

    /// Whether no two windows overlap and none is apart: then each input but those at the end is in one window.
    pub const fn tile(&self) -> bool {
        self.rows.up == self.rows.taps && self.columns.up == self.columns.taps
    }

    /// Makes room for sums of gradients: all zero, or, where windows [tile](Self::tile), those inputs which are in none.
    pub fn clear<T: Scalar>(&self, dx: &mut [T]) {
        let width = self.columns.inputs * self.channels;
        let (rows, columns) = if self.tile() { (end(self.rows), end(self.columns)) } else { (0, 0) };
        let (inside, outside) = dx.split_at_mut(rows * width);
        outside.fill(T::ZERO);
        if columns < self.columns.inputs {
            inside.chunks_exact_mut(width.max(1)).for_each(|row| row[columns * self.channels..].fill(T::ZERO));
        }
    }

    /// Hands each register of channels of each output to `visit`, in order.
    #[inline(always)]
    pub fn registers(&self, lanes: usize, mut visit: impl Visit) {
        let (rows, columns, channels) = (self.rows, self.columns, self.channels);
        let mut at = 0;
        for row in 0..rows.outputs {
            let (row, high) = covered(rows, row);
            for column in 0..columns.outputs {
                let (column, wide) = covered(columns, column);
                let from = (row * columns.inputs + column) * channels;
                // Most windows are whole; of these the compiler knows the size.
                let whole = high == rows.taps && wide == columns.taps;
                for channel in (0..channels).step_by(lanes) {
                    let inside = lanes.min(channels - channel);
                    if whole {
                        visit.register(at + channel, inside, self.pixels(from + channel, [rows.taps, columns.taps]));
                    } else {
                        visit.register(at + channel, inside, self.pixels(from + channel, [high, wide]));
                    }
                }
                at += channels;
            }
        }
    }

    #[inline(always)]
    const fn pixels(&self, first: usize, size: [usize; 2]) -> Pixels {
        Pixels { first, size, down: self.columns.inputs * self.channels, right: self.channels }
    }
}

/// What becomes of a window.
///
/// A trait rather than a closure: only methods can be `#[inline(always)]`, and what is not inlined does not get the instruction set.
pub(super) trait Visit {
    /// The register whose first element is `output`, of so many channels. It may reach beyond the last channel, into the next pixel:
    /// what is written there has to be written once more, later.
    fn register(&mut self, output: usize, channels: usize, pixels: Pixels);
}

/// Adds to the gradients from `at` on, of so many channels: where windows tile, nothing has been written there yet.
#[inline(always)]
pub(super) fn add<S: Simd, T: Scalar>(simd: S, tile: bool, dx: &mut [T], at: usize, channels: usize, share: T::Vector<S>) {
    if tile {
        let share = T::Vector::<S>::splat(simd, T::ZERO) + share;
        if channels == T::Vector::<S>::LANES {
            share.store(cut_mut(dx, at, channels));
        } else {
            share.store_partial(cut_mut(dx, at, channels));
        }
    } else {
        let dx = dx.get_mut(at..).unwrap_or_default();
        (T::Vector::<S>::load(simd, dx) + share).store(dx);
    }
}

/// The pixels of a window.
#[derive(Clone, Copy)]
pub(super) struct Pixels {
    /// Where the first one's register is.
    pub first: usize,
    /// Rows and columns.
    pub size: [usize; 2],
    down: usize,
    right: usize,
}

impl Pixels {
    /// Where the register of a pixel is.
    #[inline(always)]
    pub const fn at(&self, row: usize, column: usize) -> usize {
        self.first + row * self.down + column * self.right
    }
}
