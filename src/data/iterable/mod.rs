//! Samples that come one after the other: data larger than memory.

mod error;
mod put;
mod reader;
mod shuffle;
#[cfg(test)]
mod tests;

pub use error::IterableError;
pub use put::{PutInput, PutTarget};

use nn_core::train::{Reading, Unavailable};
use reader::{Open, Reader};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

/// A source of samples that is read from its beginning to its end, pass after pass, as training data: of a data set larger than memory,
/// or one that is made while it is read.
///
/// It is made of a function that opens the source anew, as an iterator of inputs with their targets, or errors. A thread in the background
/// reads ahead by two batches (at least 64 samples). In training, samples are shuffled as they pass: each next one is drawn from a buffer of the
/// next [1,000](Self::shuffle_buffer). What comes out depends on the source, the seed and the pass alone.
///
/// It is one pass at a time: a stream belongs to one run. Another that shall run beside it takes a [`clone`](Clone::clone), which opens the
/// source for itself. (Samples that another thread took are not there: the step that wants them is an error.)
///
/// Inputs are a `Vec<f32>` of as many numbers as the network takes, a `Vec<u32>` of token ids, or an array of the network's type; targets a
/// label, a `Vec<f32>` of numbers, or what the loss takes.
///
/// ```
/// use nn::data::{DataError, IterableDataset};
/// use nn::prelude::*;
///
/// network! { struct Net { input: [2], Dense(8), Tanh, Dense(1) } }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // Products; none is stored.
/// let train = IterableDataset::new(|| {
///     let numbers = (0..640).map(|i| [(i % 37) as f32 / 37.0, (i % 23) as f32 / 23.0]);
///     Ok::<_, DataError>(numbers.map(|[a, b]| Ok((vec![a, b], vec![a * b]))))
/// })?;
/// let mut net = Net::new(1);
/// Trainer::<Net, 32>::new(Adam::default(), MeanSquaredError).verbose(Verbose::Quiet).epochs(2).fit(&mut net, &train)?;
/// # Ok(())
/// # }
/// ```
pub struct IterableDataset<X, Y> {
    open: Arc<Open<X, Y>>,
    samples: usize,
    buffer: usize,
    state: Mutex<State<X, Y>>,
}

/// Where a stream is, and the samples that are asked for now.
struct State<X, Y> {
    reader: Option<Reader<X, Y>>,
    /// The place of the first sample of the batch in its pass.
    first: usize,
    batch: Vec<(X, Y)>,
    /// Who took the batch.
    by: Option<ThreadId>,
}

impl<X, Y> State<X, Y> {
    fn new() -> Mutex<Self> {
        Mutex::new(Self { reader: None, first: 0, batch: Vec::new(), by: None })
    }
}

impl<X, Y> Clone for IterableDataset<X, Y> {
    fn clone(&self) -> Self {
        Self { open: Arc::clone(&self.open), samples: self.samples, buffer: self.buffer, state: State::new() }
    }
}

impl<X, Y> std::fmt::Debug for IterableDataset<X, Y> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IterableDataset").field("samples", &self.samples).field("buffer", &self.buffer).finish_non_exhaustive()
    }
}

/// Says of a sample how many values it has and how many it should, if it has another number.
type Wrong<'a, X, Y> = dyn FnMut(&(X, Y)) -> Option<(usize, usize)> + 'a;

/// Looks at a sample, if there is one.
type Show<'a, X, Y> = dyn FnMut(Option<&(X, Y)>) + 'a;

/// As large as the default of the shuffle buffer.
const BUFFER: usize = 1000;

/// At least so many samples are read ahead, where they are taken one by one.
const AHEAD: usize = 64;

impl<X: Send + 'static, Y: Send + 'static> IterableDataset<X, Y> {
    /// A stream of the samples that `open` gives anew for each pass. It is read once here, to count them; nothing is kept.
    ///
    /// # Errors
    /// The first error of the source, with the number of the sample; if there is no sample.
    pub fn new<I, E>(open: impl Fn() -> Result<I, E> + Send + Sync + 'static) -> Result<Self, IterableError>
    where
        I: Iterator<Item = Result<(X, Y), E>> + 'static,
        E: Into<Unavailable>,
    {
        let mut stream = Self::with_len(0, open);
        let failed = |sample: usize, source| IterableError::Source { sample, source };
        for (index, sample) in (stream.open)().map_err(|source| failed(0, source))?.enumerate() {
            sample.map_err(|source| failed(index, source))?;
            stream.samples = index + 1;
        }
        if stream.samples == 0 { Err(IterableError::Empty) } else { Ok(stream) }
    }

    /// A stream of `samples` samples, whose number is known and need not be counted. A pass that has fewer or more of them is an error when
    /// it ends. (A source without an end is one of so many with `.take(samples)`.)
    #[must_use]
    pub fn with_len<I, E>(samples: usize, open: impl Fn() -> Result<I, E> + Send + Sync + 'static) -> Self
    where
        I: Iterator<Item = Result<(X, Y), E>> + 'static,
        E: Into<Unavailable>,
    {
        let open = move || match open() {
            Ok(samples) => Ok(Box::new(samples.map(|sample| sample.map_err(Into::into))) as reader::Samples<X, Y>),
            Err(error) => Err(error.into()),
        };
        Self { open: Arc::new(open), samples, buffer: BUFFER, state: State::new() }
    }

    /// How many samples are held to draw the next one from. Default: 1,000. A source that is sorted needs more; 1 keeps its order.
    #[must_use]
    pub fn shuffle_buffer(mut self, samples: usize) -> Self {
        self.buffer = samples.max(1);
        self
    }

    /// How many samples a pass has.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a stream without samples is no training data")]
    pub fn len(&self) -> usize {
        self.samples
    }

    pub(crate) fn buffer(&self) -> usize {
        self.buffer
    }

    /// Takes the samples at these places of a pass out of the stream. What is not a sample is an error, and then the stream begins anew.
    pub(crate) fn take(&self, reading: Reading, places: Range<usize>, wrong: &mut Wrong<'_, X, Y>) -> Result<(), IterableError> {
        let mut state = self.lock();
        state.batch.clear();
        (state.first, state.by) = (places.start, Some(std::thread::current().id()));
        let reader = match state.reader.take() {
            Some(reader) if reader.reading == reading && reader.place == places.start => Ok(reader),
            _ => Reader::start(Arc::clone(&self.open), reading, self.buffer, places.start, (2 * places.len()).max(AHEAD)),
        };
        let mut reader = reader?;
        let result = places.clone().try_for_each(|place| {
            let Some(sample) = reader.next()? else { return Err(IterableError::Length { expected: self.samples, found: place }) };
            if let Some((found, expected)) = wrong(&sample) {
                return Err(IterableError::Shape { sample: place, found, expected });
            }
            state.batch.push(sample);
            Ok(())
        });
        let end = |reader: &mut Reader<X, Y>| match places.end == self.samples && reader.next()?.is_some() {
            true => Err(IterableError::Length { expected: self.samples, found: self.samples + 1 }),
            false => Ok(()),
        };
        match result.and_then(|()| end(&mut reader)) {
            Ok(()) => state.reader = Some(reader),
            Err(error) => {
                state.batch.clear();
                return Err(error);
            }
        }
        Ok(())
    }

    /// Shows the sample at a place of the pass, if this thread has taken it.
    pub(crate) fn show(&self, place: usize, show: &mut Show<'_, X, Y>) {
        let state = self.lock();
        let mine = state.by == Some(std::thread::current().id());
        show(place.checked_sub(state.first).filter(|_| mine).and_then(|at| state.batch.get(at)));
    }

    fn lock(&self) -> MutexGuard<'_, State<X, Y>> {
        // Whatever panicked, a batch is whole or empty.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
