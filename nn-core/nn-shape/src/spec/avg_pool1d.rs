//! `AvgPool1d`.

use super::avg_pool2d::COUNT_PADDING;
use super::common::alias;
pub use super::pool1d::{check, dropped, output};
use super::table::LayerSpec;
use super::{pool1d, window};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "The mean of each window of `[time, features]`, feature by feature. Steps at the end that no window covers are left out.",
    aliases: &[alias("AveragePooling1D", "here it is `AvgPool1d{args}`")],
    options: &[pool1d::STRIDE_OPTION, window::POOL_PADDING_1D, COUNT_PADDING, window::EDGE_OPTION],
    ..pool1d::spec("AvgPool1d", "avg_pool1d")
};
