//! What a training run measured, epoch by epoch.

use crate::plot::{PlotError, learning_curves};
use nn_core::train::NonFinite;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// One value an epoch for each metric, under Keras's keys: `loss`, `accuracy`, `val_loss`, `val_accuracy`, `learning_rate` if a callback
/// changes it, and the names of the metrics that the trainer was given.
///
/// With [`validation_freq`](super::Trainer::validation_freq) there are fewer values of `val_` metrics, those of the epochs that were
/// validated, as in Keras.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    pub(super) metrics: BTreeMap<String, Vec<f64>>,
    /// The number of each epoch.
    pub(super) epochs: Vec<usize>,
    /// For each value of a metric, in which row of `epochs` it stands.
    pub(super) rows: BTreeMap<String, Vec<usize>>,
    pub(super) non_finite: Option<NonFinite>,
    pub(super) interrupted: bool,
}

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {path}: {source}", path = path.display())]
pub struct HistoryError {
    /// The file.
    pub path: PathBuf,
    /// The system's answer.
    pub source: io::Error,
}

impl History {
    pub(super) fn push(&mut self, epoch: usize, values: &[(String, f64)]) {
        for (key, value) in values {
            self.metrics.entry(key.clone()).or_default().push(*value);
            self.rows.entry(key.clone()).or_default().push(self.epochs.len());
        }
        self.epochs.push(epoch);
    }

    /// The values of a metric, one an epoch; empty if it was not measured.
    #[must_use]
    pub fn get(&self, key: &str) -> &[f64] {
        self.metrics.get(key).map_or(&[], Vec::as_slice)
    }

    /// The value of a metric after the last epoch that has one.
    #[must_use]
    pub fn last(&self, key: &str) -> Option<f64> {
        self.get(key).last().copied()
    }

    /// How many epochs there were.
    #[must_use]
    pub fn epochs(&self) -> usize {
        self.epochs.len()
    }

    /// The numbers of the epochs, from 0 or from where the run began: Keras's `history.epoch`.
    #[must_use]
    pub fn epoch(&self) -> &[usize] {
        &self.epochs
    }

    /// All metrics by key.
    #[must_use]
    pub fn metrics(&self) -> &BTreeMap<String, Vec<f64>> {
        &self.metrics
    }

    /// Where the run met a number that is infinite or NaN, if [`TerminateOnNan`](super::TerminateOnNan) ended it.
    #[must_use]
    pub fn non_finite(&self) -> Option<&NonFinite> {
        self.non_finite.as_ref()
    }

    /// Whether Ctrl-C ended the run: see [`Trainer::stop_on_ctrl_c`](super::Trainer::stop_on_ctrl_c). The last epoch may then be cut short.
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.interrupted
    }

    /// The values of a metric, one for each epoch: NaN where it was not measured.
    fn column(&self, key: &str) -> Vec<f64> {
        let mut column = vec![f64::NAN; self.epochs.len()];
        for (row, value) in self.rows.get(key).into_iter().flatten().zip(self.get(key)) {
            column[*row] = *value;
        }
        column
    }

    /// A table with a header, a line an epoch: `epoch` and the metrics, sorted by name. Where nothing was measured the cell is empty.
    /// Numbers have all their digits.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv = "epoch".to_owned();
        for key in self.metrics.keys() {
            csv.push(',');
            csv.push_str(&cell(key, ','));
        }
        csv.push('\n');
        for (row, epoch) in self.epochs.iter().enumerate() {
            csv.push_str(&epoch.to_string());
            for (key, values) in &self.metrics {
                csv.push(',');
                let at = self.rows.get(key).and_then(|rows| rows.binary_search(&row).ok());
                csv.extend(at.and_then(|at| values.get(at)).map(f64::to_string));
            }
            csv.push('\n');
        }
        csv
    }

    /// An object with the fields `epoch` and `history`, as of Keras's `History`. What JSON has no number for is `null`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let list = |values: Vec<String>| format!("[{}]", values.join(","));
        let numbers =
            |values: &Vec<f64>| list(values.iter().map(|x| if x.is_finite() { x.to_string() } else { "null".to_owned() }).collect());
        let metrics: Vec<String> = self.metrics.iter().map(|(key, values)| format!("{}:{}", quoted(key), numbers(values))).collect();
        let epochs = list(self.epochs.iter().map(usize::to_string).collect());
        format!("{{\"epoch\":{epochs},\"history\":{{{}}}}}\n", metrics.join(","))
    }

    /// Writes [`to_csv`](Self::to_csv) to a file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save_csv(&self, path: impl AsRef<Path>) -> Result<(), HistoryError> {
        save(path.as_ref(), &self.to_csv())
    }

    /// Writes [`to_json`](Self::to_json) to a file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save_json(&self, path: impl AsRef<Path>) -> Result<(), HistoryError> {
        save(path.as_ref(), &self.to_json())
    }

    /// Draws the learning curves as SVG: loss and accuracy, training and validation.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save_svg(&self, path: impl AsRef<Path>) -> Result<(), PlotError> {
        let columns = self.metrics.keys().map(|key| (key.clone(), self.column(key)));
        learning_curves(path, &columns.collect())
    }
}

fn save(path: &Path, text: &str) -> Result<(), HistoryError> {
    std::fs::write(path, text).map_err(|source| HistoryError { path: path.to_owned(), source })
}

/// A cell of a table that no reader takes for two.
pub(super) fn cell(text: &str, separator: char) -> String {
    if text.contains([separator, '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// A text as JSON has it.
fn quoted(text: &str) -> String {
    let mut json = "\"".to_owned();
    for char in text.chars() {
        match char {
            '"' | '\\' => json.extend(['\\', char]),
            ..'\u{20}' => json.push_str(&format!("\\u{:04x}", char as u32)),
            char => json.push(char),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history() -> History {
        let mut history = History::default();
        history.push(3, &[("loss".to_owned(), 0.1 + 0.2)]);
        history.push(4, &[("a,\"b\"".to_owned(), f64::NAN), ("loss".to_owned(), 1e-9), ("val_loss".to_owned(), 2.0)]);
        history
    }

    #[test]
    fn tables_keep_every_digit_and_every_gap() {
        assert_eq!(history().to_csv(), "epoch,\"a,\"\"b\"\"\",loss,val_loss\n3,,0.30000000000000004,\n4,NaN,0.000000001,2\n");
        let json = "{\"epoch\":[3,4],\"history\":{\"a,\\\"b\\\"\":[null],\"loss\":[0.30000000000000004,0.000000001],\"val_loss\":[2]}}\n";
        assert_eq!(history().to_json(), json);
        assert_eq!((history().epochs(), history().epoch(), history().last("val_loss")), (2, &[3, 4][..], Some(2.0)));
    }

    #[test]
    fn curves_have_their_gaps_where_nothing_was_measured() {
        let column = history().column("val_loss");
        assert!(column[0].is_nan() && column[1] == 2.0);
        let error = history().save_csv("no/such/folder/history.csv").unwrap_err().to_string();
        assert!(error.starts_with("cannot write no/such/folder/history.csv: "), "{error}");
    }
}
