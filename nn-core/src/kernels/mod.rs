//! The loops everything spends its time in, written once over [`Simd`](crate::simd::Simd).

mod matrix;
mod statistics;
mod transpose;

pub use matrix::{
    Columns, Operand, Rows, Start, add_bias_gradient, multiply, multiply_batch, multiply_columns, multiply_outlined, multiply_row,
};
pub use statistics::{Statistics, measure, sum_columns};
pub use transpose::transpose;
