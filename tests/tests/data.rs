//! Data sets, augmentation and pictures, from the outside.

#[path = "data/pipeline.rs"]
mod pipeline;
#[path = "data/readers.rs"]
mod readers;
#[path = "data/stream.rs"]
mod stream;
