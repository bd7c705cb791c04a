//! The rows of a table one by one, of a file that does not fit into memory.

use super::super::lines::Lines;
use super::column::MOST_CLASSES;
use super::reading::{Reader, Reading};
use super::{Column, DataError, Missing, no_column};

/// The rows of a file, as [`Csv::rows`](super::Csv::rows) opens it: samples for a [`IterableDataset`](super::super::IterableDataset).
///
/// ```
/// use nn::data::{Csv, Encoding, IterableDataset};
///
/// # let path = std::env::temp_dir().join(format!("nn-rows-{}.csv", std::process::id()));
/// # std::fs::write(&path, "species,length,width\nsetosa,1.4,0.2\nvirginica,5.1,1.9\n")?;
/// // What must be known of the whole file: here the categories, of a part that has them all.
/// let part = "species,length,width\nsetosa,1,1\nvirginica,1,1\n";
/// let table = Csv::new().categorical("species", Encoding::Index).read_from(part.as_bytes(), "part")?;
/// let (reader, file) = (Csv::new().like(&table), path.clone());
/// let stream = IterableDataset::new(move || reader.rows(&file)?.classification("species"))?;
/// assert_eq!(stream.len(), 2);
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Rows<'a> {
    lines: Lines<'a>,
    /// Of one row at most.
    reading: Reading,
    separator: u8,
    /// Whether there was an error: nothing comes after it.
    failed: bool,
}

impl<'a> Rows<'a> {
    pub(super) fn new(lines: Lines<'a>, reading: Reading, separator: u8) -> Result<Self, DataError> {
        let set = lines.path().display().to_string();
        if reading.columns.is_empty() {
            return Err(DataError::Empty { set });
        }
        for (at, column) in reading.columns.iter().enumerate().filter(|(_, column)| !column.skipped) {
            let filled = matches!(column.missing, Missing::Mean | Missing::Median | Missing::MostFrequent);
            let reason = match () {
                () if reading.columns[..at].iter().any(|other| !other.skipped && other.name == column.name) => "two columns have this name",
                () if column.encoding.is_some() && !column.fixed => {
                    "its categories must be known before the first row: read a part of the file that has them all, and give it to `like`"
                }
                () if filled && column.fill.is_none() => {
                    "what is filled in must be known before the first row: read a part of the file, and give it to `like`"
                }
                () => continue,
            };
            return Err(DataError::Column { set, column: column.name.clone(), reason: reason.to_owned() });
        }
        Ok(Self { lines, reading, separator, failed: false })
    }

    /// Samples of a classification: all columns but `label` as features, and the class by the number of its category, or as the whole number
    /// that the column holds.
    ///
    /// # Errors
    /// If there is no such column, or no other one.
    pub fn classification(self, label: &str) -> Result<ClassificationRows<'a>, DataError> {
        let label = self.column(label)?;
        self.features(&[label])?;
        Ok(ClassificationRows { rows: self, label })
    }

    /// Samples of a regression: the numbers of the columns `targets`, and all others as features.
    ///
    /// # Errors
    /// If there is no such column or no other one, none is named, or one is named twice or holds categories.
    pub fn regression(self, targets: &[&str]) -> Result<RegressionRows<'a>, DataError> {
        let mut places = Vec::with_capacity(targets.len());
        for name in targets {
            let place = self.column(name)?;
            if places.contains(&place) {
                return Err(self.wrong(name, "it is named twice"));
            }
            if self.reading.columns[place].encoding.is_some() {
                return Err(self.wrong(name, "a category cannot be a target of a regression"));
            }
            places.push(place);
        }
        if places.is_empty() {
            return Err(self.wrong("", "a regression needs at least one target"));
        }
        self.features(&places)?;
        Ok(RegressionRows { rows: self, targets: places })
    }

    fn wrong(&self, column: &str, reason: &str) -> DataError {
        DataError::Column { set: self.lines.path().display().to_string(), column: column.to_owned(), reason: reason.to_owned() }
    }

    /// The place of a column that is read.
    fn column(&self, name: &str) -> Result<usize, DataError> {
        let columns = &self.reading.columns;
        columns.iter().position(|column| !column.skipped && column.name == name).ok_or_else(|| {
            let columns: Vec<Column> = columns.iter().filter(|column| !column.skipped).map(Reader::empty).collect();
            no_column(&self.lines.path().display().to_string(), name, &columns)
        })
    }

    /// Whether there are columns besides these.
    fn features(&self, but: &[usize]) -> Result<(), DataError> {
        let mut columns = self.reading.columns.iter().enumerate();
        match columns.any(|(at, column)| !column.skipped && !but.contains(&at)) {
            true => Ok(()),
            false => {
                let name = but.first().map_or("", |&at| &self.reading.columns[at].name);
                Err(self.wrong(name, "there is no other column to learn from"))
            }
        }
    }

    /// Takes in the next row that is not dropped: one value a column. Nothing after an error.
    fn advance(&mut self) -> Result<bool, DataError> {
        if self.failed {
            return Ok(false);
        }
        self.failed = true;
        while self.reading.rows == 0 {
            if !self.reading.read(&mut self.lines, self.separator)? {
                return Ok(false);
            }
        }
        self.reading.rows = 0;
        for (at, column) in self.reading.columns.iter_mut().enumerate().filter(|(_, column)| !column.skipped) {
            let [_] = column.values[..] else { continue };
            if !column.holes.is_empty() {
                column.holes.clear();
                let constant = if let Missing::Constant(value) = column.missing { Some(value) } else { None };
                let Some(fill) = column.fill.or(constant) else {
                    let reason =
                        format!("column `{}`: the value is missing, and the table this shall be like has no rule for it", column.name);
                    return Err(self.lines.error(at + 1, reason));
                };
                column.values[0] = fill;
            }
            let value = column.values[0];
            if column.encoding.is_none() && !(value as f32).is_finite() {
                return Err(self.lines.error(at + 1, format!("column `{}`: {value:e} is beyond the range of `f32`", column.name)));
            }
        }
        self.failed = false;
        Ok(true)
    }

    /// The row that was taken in: its features, and the values of the others. It is gone then.
    fn take(&mut self, but: &[usize]) -> (Vec<f32>, Vec<f64>) {
        let (mut features, mut others) = (Vec::new(), vec![f64::NAN; but.len()]);
        for (at, column) in self.reading.columns.iter_mut().enumerate().filter(|(_, column)| !column.skipped) {
            let Some(value) = column.values.pop() else { continue };
            match but.iter().position(|other| *other == at) {
                Some(place) => others[place] = value,
                None => column.encoding.unwrap_or(super::Encoding::Index).push(value, column.categories.len(), &mut features),
            }
        }
        (features, others)
    }
}

/// Features with a class, row by row: [`Rows::classification`].
pub struct ClassificationRows<'a> {
    rows: Rows<'a>,
    label: usize,
}

impl Iterator for ClassificationRows<'_> {
    type Item = Result<(Vec<f32>, u32), DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.rows.advance() {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(Err(error)),
        }
        let (features, class) = self.rows.take(&[self.label]);
        let class = class[0];
        if class.fract() == 0.0 && (0.0..=MOST_CLASSES).contains(&class) {
            return Some(Ok((features, class as u32)));
        }
        self.rows.failed = true;
        let reason = format!("{class} is not the number of a class, a whole number from 0 to {MOST_CLASSES}");
        Some(Err(self.rows.lines.error(self.label + 1, reason)))
    }
}

/// Features with numbers to be learned, row by row: [`Rows::regression`].
pub struct RegressionRows<'a> {
    rows: Rows<'a>,
    targets: Vec<usize>,
}

impl Iterator for RegressionRows<'_> {
    type Item = Result<(Vec<f32>, Vec<f32>), DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.rows.advance() {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(Err(error)),
        }
        let (features, targets) = self.rows.take(&self.targets);
        Some(Ok((features, targets.into_iter().map(|target| target as f32).collect())))
    }
}
