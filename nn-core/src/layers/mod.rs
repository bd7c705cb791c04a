//! The layers: one folder each, with parameters, forward, backward and tests.
//!
//! A layer's name, options and shape rule are in its specification in `nn-shape`; here is what it computes.

mod activate;
mod add;
mod batch_norm;
mod delay;
mod dense;
mod dropout;
mod embedding;
mod global_avg_pool;
mod gru;
mod lstm;
mod prelu;
mod recurrent;
mod repeat;
mod reshape;
mod simple_rnn;
#[cfg(test)]
mod testing;

pub use activate::Activate;
pub use add::Add;
pub use batch_norm::{BatchNorm, BatchNormCache, BatchNormOptions};
pub use delay::Delay;
pub use dense::{Dense, DenseOptions};
pub use dropout::{Dropout, DropoutOptions};
pub use embedding::{Embedding, EmbeddingOptions};
pub use global_avg_pool::GlobalAvgPool;
pub use gru::{Gru, GruOptions};
pub use lstm::{Lstm, LstmOptions};
pub use prelu::{Prelu, PreluOptions};
pub use recurrent::{GateBias, GateKernel, RecurrentState};
pub use repeat::{Repeat, RepeatCache, RepeatScratch};
pub use reshape::{Flatten, Reshape};
pub use simple_rnn::{SimpleRnn, SimpleRnnOptions};

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
