//! Training runs: epochs, data order, progress, history, and the callbacks around them.

mod callback;
mod checkpoint;
mod epochs;
mod error;
mod executor;
mod history;
mod interrupt;
mod iterable;
mod labelled;
mod lr_finder;
mod metrics;
mod order;
mod pipeline;
mod progress;
mod samples;
mod subset;
mod trainer;
mod unset;
mod weighted;

pub use callback::{
    BackupAndRestore, Callback, CallbackError, CsvLogger, EarlyStopping, LambdaCallback, LrScheduler, Mode, ModelCheckpoint,
    ReduceLrOnPlateau, Run, TerminateOnNan,
};
pub use checkpoint::{CheckpointError, Restored, Saved};
pub use error::FitError;
pub use executor::Rayon;
pub use history::{History, HistoryError};
pub use lr_finder::{LrRange, LrSweep};
pub use progress::Verbose;
pub use trainer::{Fit, Trainer};
pub use weighted::SampleWeights;
