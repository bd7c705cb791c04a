//! The loops everything spends its time in, written once over [`Simd`](crate::simd::Simd).

#![allow(clippy::needless_range_loop, reason = "a counter into several small arrays at once is how a tile is written")]

mod convolution;
mod finite;
mod product;
mod statistics;

pub use convolution::{Axis, Convolution, Convolutions, add_kernel_gradient, convolution_gradients, convolve_batch, over, turn};
pub use finite::all_finite;
pub use product::{Products, add_bias_gradient, multiply_batch, multiply_columns, multiply_sample, multiply_transposed, multiply_window};
pub use statistics::{Measured, Statistics, WIDTH, measure, sum_columns};
