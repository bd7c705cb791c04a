//! `MaxPool2d`.

use super::common::alias;
pub use super::pool2d::{check, dropped, output};
use super::table::LayerSpec;
use super::{pool2d, window};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "The largest value in each window of `[h, w, channels]`, channel by channel. Padding never counts. Rows and columns at the end \
          that no window covers are left out.",
    aliases: &[alias("MaxPooling2D", "here it is `MaxPool2d{args}`"), alias("MaxPool", "here it is `MaxPool2d{args}`")],
    options: &[pool2d::STRIDE_OPTION, window::PADDING_2D, window::EDGE_OPTION],
    selects: true,
    ..pool2d::spec("MaxPool2d", "max_pool2d")
};
