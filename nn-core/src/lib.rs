//! The engine of `nn`: shapes as types, vector kernels, layers and training, without `std`.
//!
//! Most users want the facade package `nn-static` (lib name `nn`), which re-exports everything here and adds data sets, progress,
//! plots and threads. This crate alone is what a microcontroller or an audio plug-in links: without features it needs neither
//! `std` nor an allocator and predicts; `alloc` adds boxed construction and training; `std` adds run-time CPU detection.
#![no_std]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

pub mod activation;
#[cfg(feature = "alloc")]
pub mod check;
mod decide;
pub mod executor;
pub mod initializer;
pub mod kernels;
pub mod layer;
pub mod layers;
pub mod math;
pub mod memory;
pub mod network;
pub mod parameters;
pub mod random;
pub mod scalar;
pub mod shape;
pub mod simd;
pub mod train;
pub mod weights;

pub use activation::Activation;
pub use decide::{class_of, top_k};
pub use executor::{Executor, Serial};
pub use initializer::Initializer;
pub use layer::{BadInput, DefaultOptions, Fuse, Layer, LayerShape, Pass, Rebind, Stream, Training};
pub use memory::Zeroable;
pub use network::{LayerInfo, MemoryPlan, Network, State, StepWorkspace, Summary, Value, Workspace};
pub use nn_macros::Parameters;
pub use nn_shape::Padding;
pub use parameters::Parameters;
pub use scalar::Scalar;
pub use shape::{Alike, Array, Dims, Flat, Image, LastAxis, Merged, Real, Seq, Shape, Shapes, Timed, Tokens, Whole};
pub use simd::warm_up;

/// What the expansion of [`network!`] and of `#[derive(Parameters)]` names. Not part of the public interface.
#[doc(hidden)]
pub mod __private;

/// Declares a network: a struct of fixed-size layers with a forward and a backward pass.
///
#[doc = include_str!("../docs/network.md")]
#[macro_export]
macro_rules! network {
    ($($declaration:tt)*) => {
        $crate::__private::network! { ($crate) $($declaration)* }
    };
}

/// Makes weight files `static`s of networks, in read-only memory, without a line of code that runs.
///
/// ```ignore
/// nn::embed! {
///     /// The trained network.
///     pub static DIGITS: DigitMlp = "weights/digits.safetensors";
///     /// The self-test of its file.
///     static CHECK: SelfTest<DigitMlp> = "weights/digits.safetensors";
/// }
/// ```
///
/// A path starts at the folder of the crate's `Cargo.toml`. The file is checked while the program is compiled: that it is whole
/// and undamaged, its numbers finite, and its tensors those of the network; everything that is wrong is told in one error at the
/// path. When the file changes, the crate is compiled again. The network may have const parameters and another scalar
/// (`Net<16, f64>`). An item of type [`SelfTest`](crate::weights::SelfTest) is the file's self-test.
///
/// Needs neither `std` nor an allocator.
#[macro_export]
macro_rules! embed {
    ($($items:tt)*) => {
        $crate::__private::embed! { ($crate) $($items)* }
    };
}
