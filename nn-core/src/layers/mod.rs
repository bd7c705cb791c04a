//! The layers: one folder each, with parameters, forward, backward and tests.
//!
//! A layer's name, options and shape rule are in its specification in `nn-shape`; here is what it computes.

mod activate;
mod add;
mod avg_pool1d;
mod avg_pool2d;
mod batch_norm;
mod conv1d;
mod conv2d;
mod conv_transpose2d;
mod crop2d;
mod delay;
mod dense;
mod depthwise_conv2d;
mod dropout;
mod embedding;
mod global_avg_pool;
mod global_max_pool;
mod max_pool1d;
mod max_pool2d;
mod pool;
mod prelu;
mod repeat;
mod reshape;
mod sides;
#[cfg(test)]
mod testing;
mod up_sample2d;
mod zero_pad2d;

pub use activate::Activate;
pub use add::Add;
pub use avg_pool1d::AvgPool1d;
pub use avg_pool2d::AvgPool2d;
pub use batch_norm::{BatchNorm, BatchNormCache, BatchNormOptions};
pub use conv_transpose2d::ConvTranspose2d;
pub use conv1d::{Conv1d, Conv1dOptions, Conv1dState};
pub use conv2d::{Conv2d, Conv2dOptions};
pub use crop2d::Crop2d;
pub use delay::Delay;
pub use dense::{Dense, DenseOptions};
pub use depthwise_conv2d::DepthwiseConv2d;
pub use dropout::{Dropout, DropoutOptions};
pub use embedding::{Embedding, EmbeddingOptions};
pub use global_avg_pool::GlobalAvgPool;
pub use global_max_pool::GlobalMaxPool;
pub use max_pool1d::MaxPool1d;
pub use max_pool2d::MaxPool2d;
pub use pool::{Pool1dOptions, Pool2dOptions};
pub use prelu::{Prelu, PreluOptions};
pub use repeat::{Repeat, RepeatCache, RepeatScratch};
pub use reshape::{Flatten, Reshape};
pub use sides::SidesOptions;
pub use up_sample2d::{Interpolation, UpSample2d, UpSample2dOptions};
pub use zero_pad2d::ZeroPad2d;

/// Layers without parameters have nothing to walk: a zero-sized struct that is its own gradient.
macro_rules! parameterless {
    ($($(#[$meta:meta])* $name:ident),*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, crate::Parameters)]
        #[parameters(crate = crate)]
        pub struct $name;
    )*};
}
use parameterless;
