//! Where the values of a prediction lie: which share a buffer, and what the layers work in.

use super::summary::{Bytes, shape};
use crate::shape::Dims;
use core::fmt::{self, Display, Formatter};

/// The memory of one prediction; prints itself.
///
/// A value is in its buffer from when it is made to when it is last read; afterwards the buffer is free for the next one. The
/// layers' own scratch memory is used by one of them at a time, so it is as large as the largest needs.
#[derive(Clone, Copy, Debug)]
pub struct MemoryPlan {
    /// The name of the network.
    pub name: &'static str,
    /// The buffers of values.
    pub buffers: &'static [Buffer],
    /// The layers that work in memory of their own, one at a time.
    pub layers: &'static [Work],
    /// Bytes of the memory they share.
    pub layer_bytes: usize,
    /// Bytes of the output, which lies outside.
    pub output_bytes: usize,
}

/// A buffer, for one sample.
#[derive(Clone, Copy, Debug)]
pub struct Buffer {
    /// Its bytes.
    pub bytes: usize,
    /// The values that lie in it one after the other: the name of the entry that makes it, and its shape.
    pub values: &'static [(&'static str, Dims)],
}

/// What a layer works in.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// The layer.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: usize,
    /// Of a block: what they are.
    pub inner: Option<&'static MemoryPlan>,
}

impl MemoryPlan {
    /// All bytes of the plan, with the output.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        let (mut bytes, mut i) = (self.layer_bytes + self.output_bytes, 0);
        while i < self.buffers.len() {
            bytes += self.buffers[i].bytes;
            i += 1;
        }
        bytes
    }

    fn lines(&self, f: &mut Formatter<'_>, depth: usize) -> fmt::Result {
        let indent = 2 * depth;
        for (number, buffer) in self.buffers.iter().enumerate() {
            write!(f, "{:indent$}buffer {}: {}:", "", number + 1, Bytes(buffer.bytes))?;
            for (i, (name, dims)) in buffer.values.iter().enumerate() {
                write!(f, "{} {name} ", if i > 0 { "," } else { "" })?;
                shape(dims, f)?;
            }
            writeln!(f)?;
        }
        if self.layer_bytes > 0 {
            writeln!(f, "{:indent$}inside layers, one at a time: {}", "", Bytes(self.layer_bytes))?;
        }
        for layer in self.layers.iter().filter(|layer| layer.bytes > 0) {
            writeln!(f, "{:indent$}  {}: {}", "", layer.name, Bytes(layer.bytes))?;
            if let Some(inner) = layer.inner {
                inner.lines(f, depth + 2)?;
            }
        }
        Ok(())
    }
}

impl Display for MemoryPlan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "Memory of a prediction of \"{}\": {}", self.name, Bytes(self.bytes()))?;
        self.lines(f, 1)?;
        writeln!(f, "  output: {}", Bytes(self.output_bytes))
    }
}
