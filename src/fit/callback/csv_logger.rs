//! A table of epochs, written as training goes on.

use super::{Callback, CallbackError, Run};
use crate::fit::checkpoint::Restored;
use crate::fit::history::cell;
use nn_core::Network;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes what each epoch measured to a CSV file, a line an epoch, as soon as it is over: Keras's `CSVLogger`.
///
/// The first column is `epoch`, from 0, the others are sorted by name. An epoch that is not validated has empty cells.
#[derive(Clone, Debug)]
pub struct CsvLogger {
    path: PathBuf,
    separator: char,
    append: bool,
    /// The columns after `epoch`; none before the first epoch.
    columns: Option<Vec<String>>,
}

impl CsvLogger {
    /// To this file, which is replaced.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), separator: ',', append: false, columns: None }
    }
    /// What stands between two cells. Default: a comma.
    #[must_use]
    pub fn separator(mut self, separator: char) -> Self {
        self.separator = separator;
        self
    }
    /// Adds lines to a file that is there already, in its columns.
    #[must_use]
    pub fn append(mut self) -> Self {
        self.append = true;
        self
    }

    /// Takes over the file that is there, or begins a new one; returns the columns.
    fn begin(&self, columns: Vec<String>) -> io::Result<Vec<String>> {
        if self.append {
            let old = read(&self.path)?;
            if let Some(header) = old.lines().next() {
                // A last line that was cut off is none.
                let whole = old.rfind('\n').map_or(0, |at| at + 1);
                if whole < old.len() {
                    std::fs::write(&self.path, &old[..whole])?;
                }
                if whole > 0 {
                    return Ok(header.split(self.separator).skip(1).map(str::to_owned).collect());
                }
            }
        }
        std::fs::write(&self.path, self.line("epoch", columns.iter().map(String::as_str)))?;
        Ok(columns)
    }

    fn line<'c>(&self, first: &'c str, cells: impl Iterator<Item = &'c str>) -> String {
        let mut line = cell(first, self.separator);
        for text in cells {
            line.push(self.separator);
            line.push_str(&cell(text, self.separator));
        }
        line.push('\n');
        line
    }
}

/// The text of a file; empty if there is none.
fn read(path: &Path) -> io::Result<String> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        result => result,
    }
}

impl<N: Network> Callback<N> for CsvLogger {
    fn on_train_begin(&mut self, _: &mut Run<'_, N>) -> Result<(), CallbackError> {
        self.columns = None;
        Ok(())
    }

    fn on_epoch_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        let failed = |source| CallbackError::File { path: self.path.clone(), source };
        let columns = match self.columns.take() {
            Some(columns) => columns,
            None => {
                let mut columns: Vec<String> = run.logs().iter().map(|(name, _)| name.clone()).collect();
                // What later epochs will have.
                if run.control.validation && !run.validates() {
                    let later: Vec<String> = columns.iter().map(|name| format!("val_{name}")).filter(|name| run.measures(name)).collect();
                    columns.extend(later);
                }
                self.begin(columns).map_err(failed)?
            }
        };
        let cells: Vec<String> = columns.iter().map(|name| run.log(name).map_or_else(String::new, |value| value.to_string())).collect();
        let line = self.line(&run.epoch().to_string(), cells.iter().map(String::as_str));
        let written = OpenOptions::new().append(true).open(&self.path).and_then(|mut file| file.write_all(line.as_bytes()));
        written.map_err(failed)?;
        self.columns = Some(columns);
        Ok(())
    }

    /// The last epochs of the last run, which come again, are struck out.
    fn restore(&mut self, run: &mut Run<'_, N>, _: &mut Restored<N>) -> Result<(), CallbackError> {
        let failed = |source| CallbackError::File { path: self.path.clone(), source };
        let old = read(&self.path).map_err(failed)?;
        let mut lines = old.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let Some(header) = lines.next() else { return Ok(()) };
        let number = |line: &str| line.split(self.separator).next().and_then(|cell| cell.parse::<usize>().ok());
        let (mut kept, mut after): (Vec<&str>, usize) = (lines.collect(), usize::MAX);
        // Upwards, as long as they belong to one run: an earlier one may have more epochs.
        while let Some(epoch) = kept.last().and_then(|line| number(line)).filter(|epoch| (run.epoch()..after).contains(epoch)) {
            kept.pop();
            after = epoch;
        }
        let kept: String = std::iter::once(header).chain(kept).collect();
        std::fs::write(&self.path, kept).map_err(failed)?;
        self.columns = Some(header.trim_end().split(self.separator).skip(1).map(str::to_owned).collect());
        Ok(())
    }
}
