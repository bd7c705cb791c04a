//! The blocks of a transformer (Vaswani et al. 2017): attentions and dense layers, each with a way past it and a norm.

mod around;
mod decoder;
mod encoder;
mod feed_forward;
#[cfg(test)]
mod tests;

pub use around::{AroundCache, NormPlace};
pub use decoder::{DecoderCache, DecoderScratch, DecoderState, TransformerDecoder};
pub use encoder::{EncoderCache, EncoderScratch, TransformerEncoder};
pub use feed_forward::FeedForwardCache;

use super::layer_norm::LayerNorm;
use super::multi_head_attention::MultiHeadAttentionOptions;
use crate::activation::Activation;
use crate::initializer::Initializer;
use crate::scalar::Scalar;
use around::Around;

/// Options of [`TransformerEncoder`] and [`TransformerDecoder`].
#[derive(Clone, Copy, Debug)]
pub struct TransformerOptions {
    /// Where the norms are. Default: [`NormPlace::Post`].
    pub norm: NormPlace,
    /// The activation between the two dense layers. Default: [`Activation::Relu`].
    pub activation: Activation,
    /// The share set to zero in training, of the attentions' weights and after each part. Default: 0.
    pub dropout: f64,
    /// Whether queries and keys of the self-attention are turned by their positions. Default: no.
    pub rotary: bool,
    /// Added to the variances of the norms. Default: 1e-5.
    pub eps: f64,
    /// How the kernels start. Default: [`Initializer::GlorotUniform`].
    pub init: Initializer,
}

impl TransformerOptions {
    /// KerasHub's defaults, which are PyTorch's but for the dropout (there 0.1) and the initialisers.
    pub const DEFAULT: Self = Self {
        norm: NormPlace::Post,
        activation: Activation::Relu,
        dropout: 0.0,
        rotary: false,
        eps: 1e-5,
        init: Initializer::GlorotUniform,
    };

    /// Those of an attention in the block.
    fn attention(&self, rotary: bool) -> MultiHeadAttentionOptions {
        MultiHeadAttentionOptions { dropout: self.dropout, rotary, init: self.init, ..MultiHeadAttentionOptions::DEFAULT }
    }

    /// What is around a part.
    fn around<'a, T: Scalar, const E: usize>(&self, norm: &'a LayerNorm<T, E>) -> Around<'a, T, E> {
        Around { norm, place: self.norm, eps: self.eps, dropout: self.dropout }
    }
}
