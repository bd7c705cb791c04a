//! Samples on their way to a training step: read or changed at random by threads in the background, before they are asked for.

mod augment;
mod npy_file;
mod picture;
mod prefetch;
mod source;
#[cfg(test)]
mod tests;

pub use augment::{Augment, Fill};
pub use npy_file::NpyFile;
pub use source::Source;

use super::DataError;
use augment::Work;
use prefetch::Prefetch;
use std::sync::Arc;
use std::time::Duration;

/// A [`Source`] as training data: each sample is changed by an [`Augment`] in training, as it is everywhere else, and threads in the
/// background keep the next batches ready.
///
/// What becomes of a sample follows from the seed, the step and the sample, and from nothing else: the same bits at any number of threads,
/// and after a resume. Two batches are held in memory, so the source may be larger than that; a step allocates nothing.
///
/// ```
/// use nn::data::{Augment, Pipeline};
/// use nn::prelude::*;
///
/// network! { struct Net { input: [8, 8, 1], Flatten, Dense(10), Softmax } }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (train, test) = nn::data::digits()?.stratified_split(0.2, 7)?;
/// let train = Pipeline::new(train, Augment::new().shift(0.1).rotate(10.0))?.seed(7);
/// let mut net = Net::new(1);
/// let mut trainer = Trainer::<Net, 32>::new(Adam::default(), SparseCategoricalCrossentropy).verbose(Verbose::Quiet);
/// trainer.validation(&test).epochs(2).fit(&mut net, &train)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Pipeline<S: Source> {
    shared: Arc<Shared<S>>,
    prefetch: Prefetch,
    dims: Vec<usize>,
}

/// What the threads see.
struct Shared<S> {
    source: S,
    augment: Augment,
    seed: u64,
}

impl<S> std::fmt::Debug for Shared<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("augment", &self.augment).field("seed", &self.seed).finish_non_exhaustive()
    }
}

impl<S: Source> Pipeline<S> {
    /// A pipeline with one thread in the background and seed 0. An empty [`Augment`] only reads ahead.
    ///
    /// # Errors
    /// If an option of `augment` is out of its range, or is for pictures and the samples are none (`[height, width]` or
    /// `[height, width, channels]`).
    pub fn new(source: S, augment: Augment) -> Result<Self, DataError> {
        let dims = augment.check(source.dims())?;
        let (from, to) = (source.dims().iter().product(), dims.iter().product());
        Ok(Self { prefetch: Prefetch::new(Work::new(from), to), shared: Arc::new(Shared { source, augment, seed: 0 }), dims })
    }

    /// The seed of all that is random.
    ///
    /// # Panics
    /// If training has begun.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        Arc::get_mut(&mut self.shared).expect("no thread runs before training").seed = seed;
        self
    }

    /// How many threads work in the background; with 0 the samples are made when they are asked for. Default: 1.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.prefetch.threads = threads;
        self
    }

    /// The samples as they are.
    #[must_use]
    pub fn source(&self) -> &S {
        &self.shared.source
    }

    /// The dimensions of a sample when it leaves the pipeline.
    #[must_use]
    pub fn dims(&self) -> &[usize] {
        &self.dims
    }

    /// How long training has waited for samples, or made them itself: with enough threads next to nothing.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.prefetch.waited()
    }

    /// Calls `write` with a sample as validation sees it: only cropped, around its middle.
    pub fn plain(&self, index: usize, write: &mut dyn FnMut(&[f32])) {
        let shared = &*self.shared;
        self.prefetch.here(&mut |work| {
            shared.source.read(index, work.fill());
            write(shared.augment.plain(shared.source.dims(), work));
        });
    }

    /// Calls `write` with a sample as training step `step` sees it.
    pub fn augmented(&self, step: u64, index: usize, write: &mut dyn FnMut(&[f32])) {
        let shared = &*self.shared;
        self.prefetch.take(step, index, write, &mut |work, to| shared.make(step, index, work, to));
    }

    /// Says which samples the next steps want.
    pub(crate) fn upcoming(&self, first: u64, batch: usize, order: &[usize]) {
        let shared = &self.shared;
        let worker = || {
            let (shared, mut work) = (Arc::clone(shared), Work::new(shared.source.dims().iter().product()));
            Box::new(move |step: u64, index: usize, to: &mut [f32]| shared.make(step, index, &mut work, to)) as prefetch::Make
        };
        self.prefetch.start(first, batch, order, &worker);
    }
}

impl<S: Source> Shared<S> {
    /// A sample of a step, changed at random.
    fn make(&self, step: u64, index: usize, work: &mut Work, to: &mut [f32]) {
        self.source.read(index, work.fill());
        let key = nn_core::random::Random::new(self.seed).fork(step).fork(index as u64);
        to.copy_from_slice(self.augment.apply(self.source.dims(), key, work));
    }
}
