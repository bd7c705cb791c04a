//! A pass through a source, by a thread of its own.

use super::IterableError;
use super::shuffle::Shuffle;
use nn_core::train::{Reading, Unavailable};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::JoinHandle;

/// The samples of a pass.
pub(super) type Samples<X, Y> = Box<dyn Iterator<Item = Result<(X, Y), Unavailable>>>;

/// Opens the source anew.
pub(super) type Open<X, Y> = dyn Fn() -> Result<Samples<X, Y>, Unavailable> + Send + Sync;

/// A pass that is under way. Dropped, its thread ends with the next sample.
pub(super) struct Reader<X, Y> {
    pub reading: Reading,
    /// Where the next sample is in the pass.
    pub place: usize,
    samples: Receiver<Result<(X, Y), IterableError>>,
    thread: Option<JoinHandle<()>>,
}

impl<X: Send + 'static, Y: Send + 'static> Reader<X, Y> {
    /// Begins a pass at a place, by going through what is before it, with so many samples read ahead.
    pub fn start(open: Arc<Open<X, Y>>, reading: Reading, buffer: usize, place: usize, ahead: usize) -> Result<Self, IterableError> {
        let (sender, samples) = sync_channel(ahead);
        let work = move || {
            let failed = |sample: usize, source| IterableError::Source { sample, source };
            let source = match open() {
                Ok(source) => source,
                // Whoever reads may be gone, here and below.
                Err(error) => {
                    let _ = sender.send(Err(failed(0, error)));
                    return;
                }
            };
            let samples = source.enumerate().map(|(sample, result)| result.map_err(|error| failed(sample, error)));
            for (at, sample) in Shuffle::new(samples, reading, buffer).enumerate() {
                let failed = sample.is_err();
                if !failed && at < place {
                    continue;
                }
                if sender.send(sample).is_err() || failed {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("nn-stream".to_owned()).spawn(work).map_err(IterableError::Thread)?;
        Ok(Self { reading, place, samples, thread: Some(thread) })
    }

    /// The next sample, if the pass has one.
    pub fn next(&mut self) -> Result<Option<(X, Y)>, IterableError> {
        match self.samples.recv() {
            Ok(sample) => {
                self.place += 1;
                sample.map(Some)
            }
            // The thread is done, one way or the other.
            Err(_) => match self.thread.take().map(JoinHandle::join) {
                Some(Err(_)) => Err(IterableError::Panicked),
                _ => Ok(None),
            },
        }
    }
}
