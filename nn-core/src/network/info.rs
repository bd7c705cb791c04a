//! What is known about a network as constants: for summaries, budgets and file formats.

use crate::parameters::Node;
use crate::shape::Dims;

/// One entry of a network.
#[derive(Clone, Copy, Debug)]
pub struct LayerInfo {
    /// Its name in the network: a field, a key in weight files.
    pub name: &'static str,
    /// Its kind, as written: `Dense`, `Relu`, `Encoder`.
    pub kind: &'static str,
    /// Where its inputs come from: names of earlier entries; empty for the entry before it.
    pub from: &'static [&'static str],
    /// The shape of its output.
    pub output: Dims,
    /// How many rows and columns at the end of its input no window covers: they are left out, as Keras does.
    pub dropped: [usize; 2],
    /// Its parameters.
    pub node: Node,
    /// Whether training moves them.
    pub trainable: bool,
    /// Multiply-accumulates of one forward pass.
    pub macs: u64,
    /// The entries of a block or nested network.
    pub inner: &'static [LayerInfo],
}

/// The sizes of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Parameters, trainable or not.
    pub params: usize,
    /// Parameters that training moves.
    pub trainable: usize,
    /// Bytes of the state of a stream.
    pub state_bytes: usize,
}

impl Sizes {
    /// The sizes of a network of these layers.
    #[must_use]
    pub const fn of(layers: &[LayerInfo], state_bytes: usize) -> Self {
        let (mut params, mut trainable, mut i) = (0usize, 0usize, 0);
        while i < layers.len() {
            params = params.saturating_add(layers[i].node.count());
            if layers[i].trainable {
                trainable = trainable.saturating_add(layers[i].trainable_params());
            }
            i += 1;
        }
        Self { params, trainable, state_bytes }
    }
}

impl LayerInfo {
    /// The parameters that training moves.
    #[must_use]
    pub const fn trainable_params(&self) -> usize {
        if self.trainable { self.node.trainable() } else { 0 }
    }
}
