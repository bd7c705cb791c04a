//! What the layers of a network made in a training step.

use crate::parameters::Place;
use crate::shape::Dims;

/// What one entry of a network made of the samples of a step.
#[derive(Clone, Copy)]
pub struct Value<'a, T> {
    /// Where the entry is; prints as its name, with those of the blocks around it before it: `blocks.1.dense`.
    pub place: &'a Place<'a>,
    /// Its kind, as written: `Dense`. Of an `activation =`, the activation's: `Relu`.
    pub kind: &'static str,
    /// The shape of one sample.
    pub dims: Dims,
    /// The numbers of all samples, one after the other; none of token ids.
    pub values: &'a [T],
}
