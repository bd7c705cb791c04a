//! `GlobalMaxPool`.

use super::common::alias;
pub use super::global_avg_pool::{check, output};
use super::table::LayerSpec;

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "The largest value over time or over the picture: `[time, features]` or `[h, w, channels]` becomes `[features]` or `[channels]`.",
    aliases: &[
        alias("GlobalMaxPooling1D", "here it is `GlobalMaxPool`"),
        alias("GlobalMaxPooling2D", "here it is `GlobalMaxPool`"),
        alias("AdaptiveMaxPool2d", "here it is `GlobalMaxPool` (the largest of the whole picture)"),
    ],
    selects: true,
    ..LayerSpec::new("GlobalMaxPool", "global_max_pool", output, check)
};
