//! A run that survives its process.

use super::monitor::option;
use super::{Callback, CallbackError, Run};
use nn_core::Network;
use std::io;
use std::path::PathBuf;

/// Keeps a checkpoint of the run in a file, and goes on from it if it is there when `fit` is called: Keras's `BackupAndRestore`. So a program
/// that was killed is simply started again, and comes to the same bits.
///
/// The file is removed at the end of the run, unless Ctrl-C was its end: then it is the state after the batch that Ctrl-C was pressed in, or,
/// if it was pressed between two, the last one that was due. It is written as weights are: whatever happens, it is whole.
#[derive(Clone, Debug)]
pub struct BackupAndRestore {
    path: PathBuf,
    save_freq: Option<u64>,
    keep: bool,
    restored: Option<(usize, usize)>,
}

impl BackupAndRestore {
    /// After each epoch, in this file. Folders that are not there are made.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), save_freq: None, keep: false, restored: None }
    }
    /// After so many batches instead of after each epoch.
    #[must_use]
    pub fn save_freq(mut self, batches: u64) -> Self {
        self.save_freq = Some(batches);
        self
    }
    /// Leaves the file where it is at the end of the run: a run with more epochs can go on from there.
    #[must_use]
    pub fn keep(mut self) -> Self {
        self.keep = true;
        self
    }
    fn is_due(&self, steps: u64) -> bool {
        self.save_freq.is_some_and(|every| steps.is_multiple_of(every))
    }
    /// Where the run went on: the epoch, from 0, and how many batches of it had been taken. `None` if there was no checkpoint.
    #[must_use]
    pub fn restored(&self) -> Option<(usize, usize)> {
        self.restored
    }
}

impl<N: Network> Callback<N> for BackupAndRestore {
    fn on_train_begin(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        self.restored = None;
        if let Some(batches) = self.save_freq {
            option("BackupAndRestore", "save_freq", batches as f64, batches > 0, "at least 1 batch")?;
        }
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| CallbackError::File { path: folder.to_owned(), source })?;
        }
        if self.path.exists() {
            run.restore_checkpoint(&self.path);
        }
        Ok(())
    }

    fn restore(&mut self, run: &mut Run<'_, N>, _: &mut crate::fit::Restored<N>) -> Result<(), CallbackError> {
        self.restored = Some((run.epoch(), run.batch()));
        Ok(())
    }

    fn on_batch_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        // What is due after the last batch waits for the end of the epoch: a run that goes on there has its metrics whole.
        if run.interrupted() || self.is_due(run.steps()) && run.batch() + 1 < run.batches() {
            run.save_checkpoint(&self.path);
        }
        Ok(())
    }

    fn on_epoch_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        if (self.save_freq.is_none() || self.is_due(run.steps())) && !run.interrupted() {
            run.save_checkpoint(&self.path);
        }
        Ok(())
    }

    fn on_train_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        if self.keep || run.interrupted() {
            return Ok(());
        }
        match std::fs::remove_file(&self.path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(CallbackError::File { path: self.path.clone(), source }),
            _ => Ok(()),
        }
    }
}
