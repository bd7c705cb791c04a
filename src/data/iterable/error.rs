//! What can be wrong with a stream.

use nn_core::train::Unavailable;

/// Why a stream of samples ended, or cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IterableError {
    /// The source says so.
    #[error("sample {sample} of the stream: {source}")]
    Source {
        /// The place of the sample in the source, counted from 0.
        sample: usize,
        /// What the source says: of files, with the line.
        source: Unavailable,
    },
    /// A pass without a sample.
    #[error("the stream has no samples")]
    Empty,
    /// A pass has another number of samples than it should.
    #[error(
        "the stream has {expected} samples, but this pass {}", if found < expected { format!("ends after {found}") } else { "has more".to_owned() }
    )]
    Length {
        /// The number of samples, as counted or as given.
        expected: usize,
        /// How many there were; one more, if there are more.
        found: usize,
    },
    /// A sample has another size than the network's input.
    #[error("the sample at place {sample} of the pass has {found} values, but the network takes {expected}")]
    Shape {
        /// The place in the pass, counted from 0: in training after shuffling.
        sample: usize,
        /// How many values it has.
        found: usize,
        /// How many the network takes.
        expected: usize,
    },
    /// The thread that reads could not be started.
    #[error("cannot start a thread to read the stream: {0}")]
    Thread(std::io::Error),
    /// The source panicked.
    #[error("the source of the stream panicked")]
    Panicked,
    /// Weights by the number of the sample, of samples that come in another order each time.
    #[error("the samples of a stream cannot have weights by their number: `SampleWeights` is for data in memory")]
    Weights,
}
