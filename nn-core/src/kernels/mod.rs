//! The loops everything spends its time in, written once over [`Simd`](crate::simd::Simd).

#![allow(clippy::needless_range_loop, reason = "a counter into several small arrays at once is how a tile is written")]

mod convolution;
mod finite;
mod groups;
mod normal;
mod product;
mod rows;
mod statistics;

pub use convolution::{Axis, Convolution, Convolutions, add_kernel_gradient, convolution_gradients, convolve_batch, over, turn};
pub use finite::{all_finite, all_finite_on};
pub use groups::{GroupSums, Groups, MEMORY as GROUP_MEMORY};
pub use normal::Normal;
pub use product::{
    Products, Strided, Triangle, add_bias_gradient, add_transposed, multiply_along, multiply_along_batch, multiply_batch, multiply_columns,
    multiply_groups, multiply_rows, multiply_sample, multiply_strided, multiply_transposed, multiply_window, transpose,
};
pub use rows::{cut, cut_mut, map_row, sum_row};
pub use statistics::{Measured, Statistics, WIDTH, measure, sum_columns};
