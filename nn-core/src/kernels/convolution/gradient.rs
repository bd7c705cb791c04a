//! The gradient of a kernel: each of its elements sums the products of an input and a gradient over all outputs.

use super::Convolution;
use crate::kernels::cut_mut;
use crate::kernels::product::{cut, register};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, Vector};

/// Sums of about so many outputs are taken at a time and then added: their gradients stay in the second-level cache while the taps pass, and
/// long sums round less.
const PIXELS: usize = 256;

/// Threads share out so many rows at a time: of few, each has as many as the others.
pub const GRAIN: usize = 3;

/// Adds what one sample gives to the rows of the gradient from `first` on, and to that of the bias, unless it is empty.
#[inline(always)]
pub fn add<S: Simd, T: Scalar>(simd: S, convolution: &Convolution, x: &[T], dy: &[T], first: usize, gradient: &mut [T], bias: &mut [T]) {
    let Convolution { rows, columns, outputs, .. } = *convolution;
    let merged = merges(convolution);
    let taps = if merged { 1 } else { columns.taps };
    // So many rows of the gradient belong to one tap, or to one row of taps.
    let len = convolution.depth() / (rows.taps * taps).max(1);
    let band = (PIXELS / columns.outputs.max(1)).max(1);
    let count = gradient.len() / outputs.max(1);
    for from in (0..rows.outputs).step_by(band) {
        if !bias.is_empty() {
            let pixel = columns.outputs * outputs;
            let dy = cut(dy, from * pixel, band.min(rows.outputs - from) * pixel);
            for dy in dy.chunks(PIXELS * outputs) {
                simd.outline(Bias { dy, bias: &mut *bias });
            }
        }
        let mut row = 0;
        while row < count && len > 0 {
            let (tap, channel) = ((first + row) / len, (first + row) % len);
            let height = height((len - channel).min(count - row));
            let Some(gradient) = gradient.get_mut(row * outputs..(row + height) * outputs) else { return };
            let (down, across) = (rows.seen_by(tap / taps), if merged { (0, columns.outputs) } else { columns.seen_by(tap % taps) });
            let until = (down.0 + down.1).min(from + band);
            let down = (down.0.max(from), until.saturating_sub(down.0.max(from)));
            let block = Block { x, dy, convolution, tap: [tap / taps, tap % taps], channel, down, across };
            row += height;
            if down.1 == 0 || across.1 == 0 {
                continue;
            }
            if convolution.is_lanewise() {
                simd.outline(Lanewise { block, gradient });
            } else {
                match height {
                    6 => simd.outline(Rows::<T, 6> { block, gradient }),
                    3 => simd.outline(Rows::<T, 3> { block, gradient }),
                    _ => simd.outline(Rows::<T, 1> { block, gradient }),
                }
            }
        }
    }
}

/// Whether the taps of a row all see every output, and neighbouring inputs: then they are like one tap with more channels.
#[inline(always)]
fn merges(convolution: &Convolution) -> bool {
    let columns = convolution.columns;
    convolution.groups == 1 && columns.dilation == 1 && (0..columns.taps).all(|tap| columns.seen_by(tap) == (0, columns.outputs))
}

/// The height of the next tile where so many rows are `left`.
#[inline(always)]
const fn height(left: usize) -> usize {
    match left {
        0..3 => 1,
        3..6 => 3,
        _ => 6,
    }
}

/// A few rows of the gradient, over some outputs.
#[derive(Clone, Copy)]
struct Block<'a, T> {
    x: &'a [T],
    dy: &'a [T],
    convolution: &'a Convolution,
    tap: [usize; 2],
    channel: usize,
    /// The first row of outputs and how many.
    down: (usize, usize),
    /// The first column of outputs and how many.
    across: (usize, usize),
}

/// The gradient of the bias over some outputs, all channels of each.
struct Bias<'a, 'b, T> {
    dy: &'a [T],
    bias: &'b mut [T],
}

impl<T: Scalar> Kernel for Bias<'_, '_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let (lanes, outputs) = (T::Vector::<S>::LANES, self.bias.len());
        let mut column = 0;
        while column + 4 * lanes <= outputs {
            self.columns::<S, 4, true>(simd, column, 4 * lanes);
            column += 4 * lanes;
        }
        while column + lanes <= outputs {
            self.columns::<S, 1, true>(simd, column, lanes);
            column += lanes;
        }
        if column < outputs {
            self.columns::<S, 1, false>(simd, column, outputs - column);
        }
    }
}

impl<T: Scalar> Bias<'_, '_, T> {
    /// `V` registers of channels.
    #[inline(always)]
    fn columns<S: Simd, const V: usize, const FULL: bool>(&mut self, simd: S, column: usize, width: usize) {
        let lanes = T::Vector::<S>::LANES;
        let mut sums = [T::Vector::<S>::splat(simd, T::ZERO); V];
        for dy in self.dy.chunks_exact(self.bias.len()) {
            let dy = cut(dy, column, width);
            for v in 0..V {
                sums[v] = sums[v].add(register::<S, T, FULL>(simd, dy, v));
            }
        }
        for (sum, bias) in sums.into_iter().zip(cut_mut(self.bias, column, width).chunks_mut(lanes)) {
            let sum = register::<S, T, FULL>(simd, bias, 0).add(sum);
            if FULL { sum.store(bias) } else { sum.store_partial(bias) }
        }
    }
}

/// Each column sees the input channel of its own number.
struct Lanewise<'a, 'g, T> {
    block: Block<'a, T>,
    gradient: &'g mut [T],
}

impl<T: Scalar> Kernel for Lanewise<'_, '_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (lanes, outputs) = (T::Vector::<S>::LANES, self.block.convolution.outputs);
        for column in (0..outputs).step_by(lanes) {
            self.block.tile::<S, 1, 1, false, true>(simd, column, column, lanes.min(outputs - column), self.gradient);
        }
    }
}

/// `R` rows, group by group: a function of its own.
struct Rows<'a, 'g, T, const R: usize> {
    block: Block<'a, T>,
    gradient: &'g mut [T],
}

impl<T: Scalar, const R: usize> Kernel for Rows<'_, '_, T, R> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { block, gradient } = self;
        let (lanes, convolution) = (T::Vector::<S>::LANES, block.convolution);
        let width = convolution.group();
        for group in 0..convolution.groups {
            let channel = group * convolution.seen() + block.channel;
            let (mut column, end) = (group * width, (group + 1) * width);
            if const { S::REGISTERS >= 32 } {
                while column + 4 * lanes <= end {
                    block.tile::<S, R, 4, true, false>(simd, channel, column, 4 * lanes, gradient);
                    column += 4 * lanes;
                }
            }
            while column + 2 * lanes <= end {
                block.tile::<S, R, 2, true, false>(simd, channel, column, 2 * lanes, gradient);
                column += 2 * lanes;
            }
            while column < end {
                let width = lanes.min(end - column);
                block.tile::<S, R, 1, false, false>(simd, channel, column, width, gradient);
                column += width;
            }
        }
    }
}

impl<T: Scalar> Block<'_, T> {
    /// `R` rows, from an input channel on, by `V` registers of columns.
    #[inline(always)]
    fn tile<S: Simd, const R: usize, const V: usize, const FULL: bool, const LANEWISE: bool>(
        self,
        simd: S,
        channel: usize,
        column: usize,
        width: usize,
        gradient: &mut [T],
    ) {
        let lanes = T::Vector::<S>::LANES;
        let Convolution { rows, columns, inputs, outputs, .. } = *self.convolution;
        let ((top, height), (left, pixels)) = (self.down, self.across);
        let (step, seen) = (columns.up * inputs, if LANEWISE { width } else { R });
        let input = |output: usize, axis: super::Axis, tap: usize| output * axis.up + tap * axis.dilation;
        // Not negative: these outputs are seen by the tap.
        let x_left = input(left, columns, self.tap[1]).saturating_add_signed(-columns.before);
        let mut sums = [[T::Vector::<S>::splat(simd, T::ZERO); V]; R];
        for row in top..top + height {
            let x_row = input(row, rows, self.tap[0]).saturating_add_signed(-rows.before);
            let x = cut(self.x, (x_row * columns.inputs + x_left) * inputs + channel, (pixels - 1) * step + seen);
            let dy = cut(self.dy, (row * columns.outputs + left) * outputs + column, (pixels - 1) * outputs + width);
            let (mut x_at, mut dy_at) = (0, 0);
            for _ in 0..pixels {
                let (Some(x), Some(dy)) = (x.get(x_at..x_at + seen), dy.get(dy_at..dy_at + width)) else { return };
                (x_at, dy_at) = (x_at + step, dy_at + outputs);
                let mut registers = [T::Vector::<S>::splat(simd, T::ZERO); V];
                for v in 0..V {
                    registers[v] = register::<S, T, FULL>(simd, dy, v);
                }
                if LANEWISE {
                    sums[0][0] = register::<S, T, FULL>(simd, x, 0).mul_add(registers[0], sums[0][0]);
                    continue;
                }
                for r in 0..R {
                    let factor = T::Vector::<S>::splat(simd, x[r]);
                    for v in 0..V {
                        sums[r][v] = factor.mul_add(registers[v], sums[r][v]);
                    }
                }
            }
        }
        for (sums, gradient) in sums.iter().zip(gradient.chunks_exact_mut(outputs)) {
            for (v, sum) in sums.iter().enumerate() {
                let at = column + v * lanes;
                let gradient = &mut gradient[at..at + if FULL { lanes } else { width }];
                let sum = register::<S, T, FULL>(simd, gradient, 0).add(*sum);
                if FULL { sum.store(gradient) } else { sum.store_partial(gradient) }
            }
        }
    }
}
