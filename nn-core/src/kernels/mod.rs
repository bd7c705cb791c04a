//! The loops everything spends its time in, written once over [`Simd`](crate::simd::Simd).

#![allow(clippy::needless_range_loop, reason = "a counter into several small arrays at once is how a tile is written")]

mod product;
mod statistics;
mod transpose;

pub use product::{
    Chunks, Columns, Operand, Rows, Start, Straight, Transposed, Weights, add_bias_gradient, multiply, multiply_batch, multiply_columns,
    multiply_outlined, multiply_row, multiply_transposed,
};
pub use statistics::{Statistics, measure, sum_columns};
pub use transpose::transpose;
