//! Data sets, augmentation and pictures, from the outside.

#[path = "data/iterable.rs"]
mod iterable;
#[path = "data/pipeline.rs"]
mod pipeline;
#[path = "data/readers.rs"]
mod readers;
