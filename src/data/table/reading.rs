//! The rows of a table, as they are taken in.

use std::collections::HashMap;

use super::super::lines::Lines;
use super::record::fields;
use super::{Column, DataError, Encoding, Missing, Table};

/// The most categories of a column: with more it is a text or a number that was taken for one.
const MOST_CATEGORIES: usize = 1 << 16;

/// The longest name of a column or category, in bytes.
pub(super) const LONGEST_NAME: usize = 1 << 10;

/// A column while it is read.
pub(super) struct Reader {
    pub name: String,
    /// Of a categorical column.
    pub encoding: Option<Encoding>,
    /// In the order in which they are met, and where each one is.
    pub categories: Vec<String>,
    pub places: HashMap<String, usize>,
    /// Whether there may be no others.
    pub fixed: bool,
    pub missing: Missing,
    /// What is filled in, if that is known before the file is read.
    pub fill: Option<f64>,
    pub skipped: bool,
    pub values: Vec<f64>,
    /// The rows without a value.
    pub holes: Vec<usize>,
}

/// A table while it is read.
pub(super) struct Reading {
    pub columns: Vec<Reader>,
    pub rows: usize,
    pub cells: u64,
}

impl Reading {
    /// Takes in the next line, if there is one.
    pub fn read(&mut self, lines: &mut Lines<'_>, separator: u8) -> Result<bool, DataError> {
        let Some(line) = lines.next_whole()? else { return Ok(false) };
        let result = self.row(line, separator);
        result.map_err(|(column, reason)| lines.error(column, reason)).map(|()| true)
    }

    /// Takes a line in; one that is to be dropped leaves no trace.
    pub fn row(&mut self, line: &[u8], separator: u8) -> Result<(), (usize, String)> {
        let (rows, expected, mut dropped) = (self.rows, self.columns.len(), false);
        let columns = &mut self.columns;
        let found = fields(line, separator, &mut |at, field| match columns.get_mut(at - 1) {
            Some(column) => {
                dropped |= column.take(rows, field)?;
                Ok(())
            }
            None => Err(format!("more fields than the {expected} columns of the header")),
        })?;
        if found != expected {
            return Err((found, format!("{found} fields, but the header has {expected} columns")));
        }
        if dropped {
            for column in columns {
                column.values.truncate(rows);
                while column.holes.pop_if(|row| *row == rows).is_some() {}
            }
        } else {
            self.rows += 1;
            self.cells += expected as u64;
        }
        Ok(())
    }

    pub fn finish(self, name: &str) -> Result<Table, DataError> {
        if self.rows == 0 {
            return Err(DataError::Empty { set: name.to_owned() });
        }
        // A name twice would make one column hide another.
        let mut seen = std::collections::HashSet::new();
        let columns = self.columns.into_iter().filter(|column| !column.skipped);
        let columns = columns
            .map(|column| {
                let error = |reason| DataError::Column { set: name.to_owned(), column: column.name.clone(), reason };
                if !seen.insert(column.name.clone()) {
                    return Err(error("two columns have this name".to_owned()));
                }
                column.finish(name)
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Table { name: name.to_owned(), columns, rows: self.rows })
    }
}

impl Reader {
    /// The column without its values.
    pub fn empty(&self) -> Column {
        let encoding = self.encoding.unwrap_or(Encoding::Index);
        Column { name: self.name.clone(), values: Vec::new(), categories: self.categories.clone(), encoding, fill: self.fill }
    }

    /// Takes the field of a row in; says whether the row must be dropped.
    fn take(&mut self, row: usize, field: &str) -> Result<bool, String> {
        if self.skipped {
            return Ok(false);
        }
        if matches!(field, "" | "NA" | "N/A" | "NaN" | "nan" | "null" | "NULL" | "?") {
            match self.missing {
                Missing::Drop => return Ok(true),
                Missing::Error => return Err(format!("column `{}`: the value is missing", self.name)),
                Missing::Mean | Missing::Median | Missing::Constant(_) if self.encoding.is_some() => {
                    let what = "a category is missing, which only `MostFrequent` can fill in";
                    return Err(format!("column `{}`: {what}", self.name));
                }
                _ => self.holes.push(row),
            }
            self.values.push(f64::NAN);
            return Ok(false);
        }
        let value = match self.encoding {
            Some(_) => self.category(field)? as f64,
            None => number(field).ok_or_else(|| format!("column `{}`: {}", self.name, complaint(field)))?,
        };
        self.values.push(value);
        Ok(false)
    }

    fn category(&mut self, field: &str) -> Result<usize, String> {
        if let Some(&place) = self.places.get(field) {
            return Ok(place);
        }
        let name = &self.name;
        match () {
            () if self.fixed => {
                return Err(format!("column `{name}`: {} is not one of its {} categories", shown(field), self.categories.len()));
            }
            () if field.len() > LONGEST_NAME => return Err(format!("column `{name}`: a category of {} bytes", field.len())),
            () if self.categories.len() == MOST_CATEGORIES => {
                return Err(format!("column `{name}`: more than {MOST_CATEGORIES} categories"));
            }
            () => {}
        }
        self.categories.push(field.to_owned());
        self.places.insert(field.to_owned(), self.categories.len() - 1);
        Ok(self.categories.len() - 1)
    }

    fn finish(mut self, set: &str) -> Result<Column, DataError> {
        if !self.fixed && self.encoding.is_some() {
            self.sort_categories();
        }
        let error = |reason: &str| DataError::Column { set: set.to_owned(), column: self.name.clone(), reason: reason.to_owned() };
        let mut present: Vec<f64> = self.values.iter().copied().filter(|value| !value.is_nan()).collect();
        // Kept also where nothing is missing: a file that is read like this one may have gaps where this one has none.
        let fill = match (self.fill, self.missing) {
            (Some(fill), _) => Some(fill),
            (None, Missing::Constant(value)) => Some(value),
            (None, _) if self.fixed && !self.holes.is_empty() => {
                return Err(error("values are missing, and the table it shall be like was read without a rule for them"));
            }
            (None, missing @ (Missing::Mean | Missing::Median | Missing::MostFrequent)) if !self.fixed && !present.is_empty() => {
                Some(middle(&mut present, missing))
            }
            (None, _) if self.holes.is_empty() => None,
            _ => return Err(error("all values are missing")),
        };
        if let Some(fill) = fill {
            self.holes.iter().for_each(|&row| self.values[row] = fill);
        }
        Ok(Column {
            name: self.name,
            values: self.values,
            categories: self.categories,
            encoding: self.encoding.unwrap_or(Encoding::Index),
            fill,
        })
    }

    /// Categories in the order of their names, whatever order the rows have; those of rows that were dropped alone are forgotten.
    fn sort_categories(&mut self) {
        let mut used = vec![false; self.categories.len()];
        self.values.iter().filter(|value| !value.is_nan()).for_each(|value| used[*value as usize] = true);
        let mut order: Vec<usize> = (0..self.categories.len()).filter(|&category| used[category]).collect();
        order.sort_by(|&a, &b| self.categories[a].cmp(&self.categories[b]));
        let mut place = vec![0; self.categories.len()];
        order.iter().enumerate().for_each(|(new, &old)| place[old] = new);
        self.values.iter_mut().filter(|value| !value.is_nan()).for_each(|value| *value = place[*value as usize] as f64);
        self.categories = order.iter().map(|&old| self.categories[old].clone()).collect();
    }
}

/// What is filled in for missing values, of those that are there.
fn middle(values: &mut [f64], missing: Missing) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let count = values.len();
    match missing {
        // Each divided first: the sum of large numbers could be infinite.
        Missing::Mean => values.iter().map(|value| value / count as f64).sum(),
        Missing::Median => values[(count - 1) / 2] / 2.0 + values[count / 2] / 2.0,
        _ => {
            let runs = values.chunk_by(|a, b| a == b);
            runs.rev().max_by_key(|run| run.len()).map_or(0.0, |run| run[0])
        }
    }
}

/// A finite number; neither `inf` nor `nan` nor what is beyond the range.
fn number(field: &str) -> Option<f64> {
    field.parse().ok().filter(|value: &f64| value.is_finite())
}

fn shown(field: &str) -> String {
    const SHOWN: usize = 24;
    let text: String = field.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    format!("`{text}`{}", if field.chars().count() > SHOWN { ".." } else { "" })
}

fn complaint(field: &str) -> String {
    let hint = match () {
        () if field.parse::<f64>().is_ok() => "",
        () if field.contains([';', '\t']) => " (is the separator another one?)",
        () if field.replacen(',', ".", 1).parse::<f64>().is_ok() => " (a decimal comma?)",
        () => " (if the column holds categories, say so with `categorical`)",
    };
    format!("{} is not a finite number{hint}", shown(field))
}
