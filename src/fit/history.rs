//! What a training run measured, epoch by epoch.

use crate::plot::{PlotError, learning_curves};
use std::collections::BTreeMap;
use std::path::Path;

/// One value an epoch for each metric, under Keras's keys: `loss`, `accuracy`, `val_loss`, `val_accuracy`, and the names of the
/// metrics that the trainer was given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    metrics: BTreeMap<String, Vec<f64>>,
}

impl History {
    pub(super) fn push(&mut self, values: &[(String, f64)]) {
        for (key, value) in values {
            self.metrics.entry(key.clone()).or_default().push(*value);
        }
    }

    /// The values of a metric, one an epoch; empty if it was not measured.
    #[must_use]
    pub fn get(&self, key: &str) -> &[f64] {
        self.metrics.get(key).map_or(&[], Vec::as_slice)
    }

    /// The value of a metric after the last epoch.
    #[must_use]
    pub fn last(&self, key: &str) -> Option<f64> {
        self.get(key).last().copied()
    }

    /// How many epochs there were.
    #[must_use]
    pub fn epochs(&self) -> usize {
        self.get("loss").len()
    }

    /// All metrics by key.
    #[must_use]
    pub fn metrics(&self) -> &BTreeMap<String, Vec<f64>> {
        &self.metrics
    }

    /// Draws the learning curves as SVG: loss and accuracy, training and validation.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save_svg(&self, path: impl AsRef<Path>) -> Result<(), PlotError> {
        learning_curves(path, &self.metrics)
    }
}
