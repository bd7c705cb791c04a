//! Data sets, augmentation and pictures, from the outside.

#[path = "data/readers.rs"]
mod readers;
