//! What the layers of `nn` are called, what they take and which shapes they make.
//!
//! Everything about layers is `const fn` without dependencies, because it runs in two places: inside the
//! `network!` macro when every size is a literal, and inside the compiler, in generated `const`
//! items, when a size is a constant expression. One set of rules and one wording serve both.
//!
//! * [`Dims`]: a shape as a value.
//! * [`spec`]: one file per layer: names, arguments, options, documentation, shape rule.
//! * [`problem`]: what can be wrong with a layer, and the sentence that says so.
//! * [`Msg`]: the buffer such sentences are built in.
//! * [`near`]: which names resemble each other.
//! * [`safetensors`]: the header of a weight file, which the macro `embed!` reads as well as the loader at run time.
#![no_std]
#![forbid(unsafe_code)]

pub mod dims;
pub mod message;
pub mod near;
pub mod problem;
pub mod safetensors;
pub mod spec;

pub use dims::{Dims, DimsKind};
pub use message::Msg;
pub use problem::{
    Check, Cut, Needs, Problem, Site, declared, distributed, divides, input, message, repeat, require, residual, sequence, times,
};
pub use spec::{Args, LayerSpec, Padding, Window};
