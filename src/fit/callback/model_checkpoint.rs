//! Saving the weights as training goes on.

use super::file_name::fill;
use super::monitor::{Monitor, monitor_options, option};
use super::{Callback, CallbackError, Run};
use crate::fit::checkpoint::{Restored, Saved};
use crate::weights::Weights;
use nn_core::Network;
use std::path::{Path, PathBuf};

/// Saves the weights after each epoch, or after each that was the best so far: Keras's `ModelCheckpoint`.
///
/// The file name may have placeholders: `{epoch}`, counted from 1, `{batch}` with [`save_freq`](Self::save_freq), and the name of
/// anything that the epoch measured, with a format: `"out/net-{epoch:02}-{val_loss:.3}.safetensors"`. Folders that are not there are
/// made. Files are written as [`Weights::save_weights`] does: whatever happens, a file is whole.
#[derive(Clone, Debug)]
pub struct ModelCheckpoint {
    file: String,
    monitor: Monitor,
    save_best_only: bool,
    save_freq: Option<usize>,
    initial_value_threshold: Option<f64>,
    best: Option<f64>,
    batches: usize,
    saved: Option<PathBuf>,
}

const NAME: &str = "ModelCheckpoint";

impl ModelCheckpoint {
    /// After each epoch, to a file of this name.
    #[must_use]
    pub fn new(file: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            monitor: Monitor::new(NAME, "val_loss", 0.0),
            save_best_only: false,
            save_freq: None,
            initial_value_threshold: None,
            best: None,
            batches: 0,
            saved: None,
        }
    }
    monitor_options!();
    /// Which metric says what is best. Default: `val_loss`.
    #[must_use]
    pub fn monitor(mut self, name: impl Into<String>) -> Self {
        self.monitor.name = name.into();
        self
    }
    /// Saves only what is better than everything before.
    #[must_use]
    pub fn save_best_only(mut self) -> Self {
        self.save_best_only = true;
        self
    }
    /// Saves after so many batches instead of after an epoch.
    #[must_use]
    pub fn save_freq(mut self, batches: usize) -> Self {
        self.save_freq = Some(batches);
        self
    }
    /// What the first best value must be better than. Default: none.
    #[must_use]
    pub fn initial_value_threshold(mut self, value: f64) -> Self {
        self.initial_value_threshold = Some(value);
        self
    }

    /// The file that was saved last.
    #[must_use]
    pub fn saved(&self) -> Option<&Path> {
        self.saved.as_deref()
    }

    fn write<N: Network>(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        // An epoch that is not validated has no file whose name tells what the validation gave.
        let mut validated = false;
        fill(&self.file, &mut |key| {
            validated |= key.starts_with("val_");
            Some(0.0)
        })?;
        if validated && !run.validates() {
            return Ok(());
        }
        if self.save_best_only {
            let Some(value) = self.monitor.value(run)? else { return Ok(()) };
            if !self.monitor.improves(value, self.best.or(self.initial_value_threshold))? {
                return Ok(());
            }
            self.best = Some(value);
        }
        let (epoch, batch) = (run.epoch() + 1, self.save_freq.map(|_| run.batch() + 1));
        let path = PathBuf::from(fill(&self.file, &mut |key| match (key, batch) {
            ("epoch", _) => Some(epoch as f64),
            ("batch", Some(batch)) => Some(batch as f64),
            _ => run.log(key),
        })?);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| CallbackError::File { path: folder.to_owned(), source })?;
        }
        run.net().save_weights(&path)?;
        self.saved = Some(path);
        Ok(())
    }
}

impl<N: Network> Callback<N> for ModelCheckpoint {
    fn on_train_begin(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        self.batches = 0;
        if let Some(batches) = self.save_freq {
            option(NAME, "save_freq", batches as f64, batches > 0, "at least 1 batch")?;
        }
        // A placeholder that nothing will fill in is found now and not after an hour.
        let batch = self.save_freq.is_some();
        let known = |key: &str| match key {
            "epoch" | "learning_rate" => true,
            "batch" => batch,
            _ => run.measures(key) && !(batch && key.starts_with("val_")),
        };
        fill(&self.file, &mut |key| known(key).then_some(0.0))?;
        if !self.save_best_only {
            return Ok(());
        }
        // Nothing is validated between batches.
        if batch && self.monitor.name.starts_with("val_") {
            let measured = run.control.metrics.iter().cloned().chain(["loss".to_owned()]).collect();
            return Err(CallbackError::NotMeasured { callback: NAME, monitor: self.monitor.name.clone(), measured });
        }
        self.monitor.check(run)
    }

    fn on_epoch_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        if self.save_freq.is_none() { self.write(run) } else { Ok(()) }
    }

    fn on_batch_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        let Some(every) = self.save_freq else { return Ok(()) };
        self.batches += 1;
        if self.batches < every {
            return Ok(());
        }
        self.batches = 0;
        self.write(run)
    }

    fn save<'s>(&'s self, saved: &mut Saved<'s, N>) {
        saved.set("batches", self.batches);
        saved.set_some("best", self.best);
    }

    fn restore(&mut self, _: &mut Run<'_, N>, restored: &mut Restored<N>) -> Result<(), CallbackError> {
        self.batches = restored.get("batches").unwrap_or(0);
        self.best = restored.get("best").or(self.best);
        Ok(())
    }
}
