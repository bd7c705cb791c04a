//! Weights in safetensors files: written, read, checked, compiled in.
//!
//! A file holds each tensor of a network under its dotted name (`hidden.kernel`), in the memory order of Keras. [`Saver`] makes
//! the bytes of a file, [`Loader`] reads them into a network, all of it or nothing, and `embed!` makes a `static` of them at
//! compile time. A [`SelfTest`], an input with the output it must give, may travel in the file's metadata.
//!
//! The facade adds files: `net.save_weights(path)`, `net.load_weights(path)`.

mod bytes;
mod embed;
#[cfg(feature = "alloc")]
mod error;
#[cfg(feature = "alloc")]
mod load;
#[cfg(feature = "alloc")]
mod names;
#[cfg(feature = "alloc")]
mod parts;
#[cfg(feature = "alloc")]
mod save;
mod self_test;
#[cfg(feature = "alloc")]
mod values;

#[doc(hidden)]
pub use embed::{Entry, embed, zeroed};
#[cfg(feature = "alloc")]
pub use error::{LoadError, Problem};
#[cfg(feature = "alloc")]
pub use load::{Loaded, Loader};
#[cfg(feature = "alloc")]
pub use names::Source;
pub use nn_shape::safetensors::{Dtype, HeaderError, Label};
#[cfg(feature = "alloc")]
pub use parts::Part;
#[cfg(feature = "alloc")]
pub use save::{MetadataError, Saver};
#[cfg(feature = "alloc")]
pub use self_test::Recording;
pub use self_test::{SelfTest, SelfTestError};
#[cfg(feature = "alloc")]
pub use values::Rounding;
