//! What pools have in common: the windows, and the pixels they cover.

use crate::kernels::Axis;
use crate::layers::conv2d::axis;
use crate::shape::Dims;
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

impl Windows {
    /// The elements of an input and of an output.
    pub const fn lens(&self) -> (usize, usize) {
        let (rows, columns) = (self.rows, self.columns);
        (rows.inputs * columns.inputs * self.channels, rows.outputs * columns.outputs * self.channels)
    }

    /// Calls `visit(output, rows, columns)` for each output, in order: the index of its first element, and the rows and columns of the input that
    /// its window covers, as a start and a count.
    #[inline(always)]
    pub fn each(&self, mut visit: impl FnMut(usize, (usize, usize), (usize, usize))) {
        let mut at = 0;
        for row in 0..self.rows.outputs {
            let rows = covered(self.rows, row);
            for column in 0..self.columns.outputs {
                visit(at, rows, covered(self.columns, column));
                at += self.channels;
            }
        }
    }

    /// The index of the first element of each pixel of a window.
    #[inline(always)]
    pub fn pixels(&self, rows: (usize, usize), columns: (usize, usize)) -> impl Iterator<Item = usize> + use<> {
        let (width, channels) = (self.columns.inputs, self.channels);
        (rows.0..rows.0 + rows.1)
            .flat_map(move |row| (columns.0..columns.0 + columns.1).map(move |column| (row * width + column) * channels))
    }
}
