//! `AvgPool2d`.

use super::common::alias;
pub use super::pool2d::{check, dropped, output};
use super::table::{LayerSpec, OptionSpec, Place, ValueKind};
use super::{pool2d, window};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "The mean of each window of `[h, w, channels]`, channel by channel. Rows and columns at the end that no window covers are left \
          out.",
    aliases: &[alias("AveragePooling2D", "here it is `AvgPool2d{args}`"), alias("AvgPool", "here it is `AvgPool2d{args}`")],
    options: &[pool2d::STRIDE_OPTION, window::PADDING_2D, COUNT_PADDING, window::EDGE_OPTION],
    ..pool2d::spec("AvgPool2d", "avg_pool2d")
};

/// `count_padding = ..`.
pub(super) const COUNT_PADDING: OptionSpec = OptionSpec {
    key: "count_padding",
    kind: ValueKind::Bool,
    doc: "Whether the zeros of the padding count in a mean, as in PyTorch's `count_include_pad`; Keras leaves them out.",
    default: "false",
    place: Place::Field,
};
