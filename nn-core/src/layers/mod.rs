//! The layers: one folder each, with parameters, forward, backward and tests.
//!
//! A layer's name, options and shape rule are in its specification in `nn-shape`; here is what it computes.

mod activate;
mod activity_regularization;
mod alpha_dropout;
mod avg_pool1d;
mod avg_pool2d;
mod batch_norm;
mod concat;
mod conv1d;
mod conv2d;
mod conv_transpose1d;
mod conv_transpose2d;
mod crop1d;
mod crop2d;
mod delay;
mod dense;
mod depthwise_conv1d;
mod depthwise_conv2d;
mod dropout;
mod embedding;
mod gaussian_dropout;
mod gaussian_noise;
mod global_avg_pool;
mod global_max_pool;
mod group_norm;
mod gru;
mod last;
mod layer_norm;
mod lstm;
mod masking;
mod max_pool1d;
mod max_pool2d;
mod merge;
mod multi_head_attention;
mod noise;
mod permute;
mod pool;
mod positional_embedding;
mod prelu;
mod recurrent;
mod repeat;
mod repeat_vector;
mod reshape;
mod reverse;
mod rms_norm;
mod rotation;
mod separable_conv2d;
mod sides;
mod simple_rnn;
mod sinusoidal_positions;
mod slice;
mod spatial_dropout;
#[cfg(test)]
pub(crate) mod testing;
mod time_distributed;
mod transformer;
mod unembedding;
mod up_sample1d;
mod up_sample2d;
mod zero_pad1d;
mod zero_pad2d;

pub use activate::Activate;
pub use activity_regularization::{ActivityRegularization, ActivityRegularizationOptions};
pub use alpha_dropout::{AlphaDropout, AlphaDropoutOptions};
pub use avg_pool1d::AvgPool1d;
pub use avg_pool2d::AvgPool2d;
pub use batch_norm::{BatchNorm, BatchNormCache, BatchNormOptions};
pub use concat::Concat;
pub use conv_transpose1d::{ConvTranspose1d, ConvTranspose1dOptions};
pub use conv_transpose2d::ConvTranspose2d;
pub use conv1d::{Conv1d, Conv1dOptions, Conv1dState};
pub use conv2d::{Conv2d, Conv2dOptions};
pub use crop1d::Crop1d;
pub use crop2d::Crop2d;
pub use delay::Delay;
pub use dense::{Dense, DenseOptions};
pub use depthwise_conv1d::DepthwiseConv1d;
pub use depthwise_conv2d::DepthwiseConv2d;
pub use dropout::{Dropout, DropoutOptions};
pub use embedding::{Embedding, EmbeddingOptions};
pub use gaussian_dropout::{GaussianDropout, GaussianDropoutOptions};
pub use gaussian_noise::{GaussianNoise, GaussianNoiseOptions};
pub use global_avg_pool::GlobalAvgPool;
pub use global_max_pool::GlobalMaxPool;
pub use group_norm::{GroupNorm, GroupNormOptions};
pub use gru::{Gru, GruOptions};
pub use last::{First, Last};
pub use layer_norm::{LayerNorm, LayerNormOptions};
pub use lstm::{Lstm, LstmOptions};
pub use masking::{Masking, MaskingOptions};
pub use max_pool1d::MaxPool1d;
pub use max_pool2d::MaxPool2d;
pub use merge::{Add, Average, Max, Min, Mul, Sub};
pub use multi_head_attention::{
    AttentionCache, AttentionScratch, AttentionState, HeadProjection, MultiHeadAttention, MultiHeadAttentionOptions, OutputProjection,
};
pub use permute::Permute;
pub use pool::{Pool1dOptions, Pool2dOptions};
pub use positional_embedding::{PositionalEmbedding, PositionalEmbeddingOptions};
pub use prelu::{Prelu, PreluOptions};
pub use recurrent::{GateBias, GateKernel, RecurrentState};
pub use repeat::{Repeat, RepeatCache, RepeatScratch};
pub use repeat_vector::RepeatVector;
pub use reshape::{Flatten, Reshape};
pub use reverse::Reverse;
pub use rms_norm::{RmsNorm, RmsNormOptions};
pub use separable_conv2d::{SeparableConv2d, SeparableConv2dCache};
pub use sides::SidesOptions;
pub use simple_rnn::{SimpleRnn, SimpleRnnOptions};
pub use sinusoidal_positions::SinusoidalPositions;
pub use slice::{Slice, SliceOptions};
pub use spatial_dropout::{SpatialDropout, SpatialDropoutOptions};
pub use time_distributed::{TimeDistributed, TimeDistributedCache};
pub use transformer::{
    AroundCache, DecoderCache, DecoderScratch, DecoderState, EncoderCache, EncoderScratch, FeedForwardCache, NormPlace, TransformerDecoder,
    TransformerEncoder, TransformerOptions,
};
pub use up_sample1d::UpSample1d;
pub use up_sample2d::{Interpolation, UpSample2d, UpSample2dOptions};
pub use zero_pad1d::ZeroPad1d;
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
