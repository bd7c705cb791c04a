//! `MaxPool1d`.

use super::common::alias;
pub use super::pool1d::{check, dropped, output};
use super::table::LayerSpec;
use super::{pool1d, window};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "The largest value in each window of `[time, features]`, feature by feature. Padding never counts. Steps at the end that no \
          window covers are left out.",
    aliases: &[alias("MaxPooling1D", "here it is `MaxPool1d{args}`")],
    options: &[pool1d::STRIDE_OPTION, window::POOL_PADDING_1D, window::EDGE_OPTION],
    selects: true,
    ..pool1d::spec("MaxPool1d", "max_pool1d")
};
