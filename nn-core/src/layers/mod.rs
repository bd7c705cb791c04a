//! The layers: one folder each, with parameters, forward, backward and tests.
//!
//! A layer's name, options and shape rule are in its specification in `nn-shape`; here is what it computes.

mod activate;
mod batch_norm;
mod concat;
mod delay;
mod dense;
mod dropout;
mod embedding;
mod global_avg_pool;
mod merge;
mod prelu;
mod repeat;
mod reshape;
#[cfg(test)]
mod testing;
mod time_distributed;

pub use activate::Activate;
pub use batch_norm::{BatchNorm, BatchNormCache, BatchNormOptions};
pub use concat::Concat;
pub use delay::Delay;
pub use dense::{Dense, DenseOptions};
pub use dropout::{Dropout, DropoutOptions};
pub use embedding::{Embedding, EmbeddingOptions};
pub use global_avg_pool::GlobalAvgPool;
pub use merge::{Add, Average, Max, Min, Mul, Sub};
pub use prelu::{Prelu, PreluOptions};
pub use repeat::{Repeat, RepeatCache, RepeatScratch};
pub use reshape::{Flatten, Reshape};
pub use time_distributed::{TimeDistributed, TimeDistributedCache};

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
