//! Tables: named columns of numbers and of categories.

mod column;
mod csv;
mod reading;
mod record;
mod rows;
#[cfg(test)]
mod tests;

pub use column::{Column, Encoding};
pub use csv::{Csv, Missing};
pub use rows::{ClassificationRows, RegressionRows, Rows};

use super::{DataError, Samples};

/// No table has more fields, and no set made of one more features.
const NUMBERS_LIMIT: u64 = 1 << 30;

/// A table in memory, as [`Csv`] reads it: at least one row, and a value in every place.
///
/// ```
/// use nn::data::{Csv, Encoding};
///
/// let text = "colour,size,price\nred,1,10\nblue,2,30\nred,3,50\n";
/// let table = Csv::new().categorical("colour", Encoding::OneHot).read_from(text.as_bytes(), "shop")?;
/// let set = table.regression(&["price"])?;
/// assert_eq!(set.feature_names(), ["colour=blue", "colour=red", "size"]);
/// assert_eq!((set.features(0), set.target(0)), (&[0.0, 1.0, 1.0][..], &[10.0][..]));
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: usize,
}

impl Table {
    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Always false: a table without rows cannot be read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// All columns, in the order of the file.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of this name.
    ///
    /// # Errors
    /// If there is none; the names there are in the error.
    pub fn column(&self, name: &str) -> Result<&Column, DataError> {
        self.columns.iter().find(|column| column.name() == name).ok_or_else(|| no_column(&self.name, name, &self.columns))
    }

    /// A classification set: `label` says the class of each row, and all other columns are its features.
    ///
    /// The classes are the categories of a categorical column; of a column of numbers they are the whole numbers from 0 to the
    /// largest one that occurs.
    ///
    /// # Errors
    /// If there is no such column or no other one, its numbers are not whole ones from 0 to 65,535, or a feature is beyond the range of
    /// `f32`.
    pub fn classification(&self, label: &str) -> Result<Samples, DataError> {
        let column = self.column(label)?;
        let (labels, names) = column.classes().map_err(|reason| self.error(label, reason))?;
        let (values, features) = self.features(&[label])?;
        Ok(Samples::named(&self.name, values, vec![features.len()], super::Targets::Classes { labels, names })?
            .with_feature_names(features))
    }

    /// A regression set: the numbers of the columns `targets`, and all other columns as features.
    ///
    /// # Errors
    /// If there is no such column or no other one, a target is named twice or is a category, or a number is beyond the range of `f32`.
    pub fn regression(&self, targets: &[&str]) -> Result<Samples, DataError> {
        let columns = targets.iter().map(|name| self.column(name)).collect::<Result<Vec<_>, _>>()?;
        for (at, column) in columns.iter().enumerate() {
            let reason = match () {
                () if !column.categories().is_empty() => "a category cannot be a target of a regression",
                () if targets[..at].contains(&column.name()) => "it is named twice",
                () => continue,
            };
            return Err(self.error(column.name(), reason.to_owned()));
        }
        if columns.is_empty() {
            return Err(self.error("", "a regression needs at least one target".to_owned()));
        }
        let values: Vec<f32> = (0..self.rows).flat_map(|row| columns.iter().map(move |column| column.values()[row] as f32)).collect();
        let (features, names) = self.features(targets)?;
        let targets = super::Targets::Numbers { values, width: columns.len() };
        Ok(Samples::named(&self.name, features, vec![names.len()], targets)?.with_feature_names(names))
    }

    /// The features of all rows, and their names: every column but some, one number or one for each category.
    fn features(&self, but: &[&str]) -> Result<(Vec<f32>, Vec<String>), DataError> {
        let columns: Vec<&Column> = self.columns.iter().filter(|column| !but.contains(&column.name())).collect();
        let names: Vec<String> = columns.iter().flat_map(|column| column.feature_names()).collect();
        if names.is_empty() {
            return Err(self.error(but.first().unwrap_or(&""), "there is no other column to learn from".to_owned()));
        }
        let numbers = (self.rows as u64).saturating_mul(names.len() as u64);
        if numbers > NUMBERS_LIMIT {
            return Err(self.error(columns[0].name(), format!("{numbers} features in all rows, more than {NUMBERS_LIMIT}")));
        }
        let mut values = Vec::with_capacity(self.rows * names.len());
        for row in 0..self.rows {
            columns.iter().for_each(|column| column.push_features(row, &mut values));
        }
        Ok((values, names))
    }

    fn error(&self, column: &str, reason: String) -> DataError {
        DataError::Column { set: self.name.clone(), column: column.to_owned(), reason }
    }
}

/// The error of a name that no column has.
fn no_column(set: &str, name: &str, columns: &[Column]) -> DataError {
    const SHOWN: usize = 20;
    let names: Vec<&str> = columns.iter().take(SHOWN).map(Column::name).collect();
    let more = if columns.len() > SHOWN { ", .." } else { "" };
    let reason = format!("there is none of this name; there are {}{more}", names.join(", "));
    DataError::Column { set: set.to_owned(), column: name.to_owned(), reason }
}
