//! Reading a table from text.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use super::super::csv::Lines;
use super::super::open::Source;
use super::NUMBERS_LIMIT;
use super::record::fields;
use super::{Column, DataError, Encoding, Table, no_column};

/// The most columns of a table.
const MOST_COLUMNS: usize = 1 << 16;

/// The most categories of a column: with more it is a text or a number that was taken for one.
const MOST_CATEGORIES: usize = 1 << 16;

/// The longest name of a column or category, in bytes.
const LONGEST_NAME: usize = 1 << 10;

/// What becomes of a value that is missing: nothing between the separators, or one of `NA`, `N/A`, `NaN`, `nan`, `null`, `NULL`, `?`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Missing {
    /// An error that names line and column.
    #[default]
    Error,
    /// The mean of the column's values. Of numbers.
    Mean,
    /// The median of the column's values. Of numbers.
    Median,
    /// The value that occurs most often, the smaller (for categories, the first) of equals.
    MostFrequent,
    /// This number. Of numbers.
    Constant(f64),
    /// The row is left out.
    Drop,
}

/// Reads a table from comma separated values with a header line: names of columns, then numbers; which columns hold categories must
/// be said.
///
/// Files may be compressed with gzip (their content decides), start with a byte order mark, and end lines in CR LF. Fields may be in
/// double quotes. Blank lines are skipped.
///
/// ```
/// use nn::data::{Csv, Encoding, Missing};
///
/// let text = "species,length\nsetosa,1.4\nvirginica,\n\"setosa\",1.6\n";
/// let reader = Csv::new().categorical("species", Encoding::Index).missing(Missing::Mean);
/// let table = reader.read_from(text.as_bytes(), "flowers")?;
/// assert_eq!(table.column("species")?.categories(), ["setosa", "virginica"]);
/// assert_eq!(table.column("length")?.values(), [1.4, 1.5, 1.6]);
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Csv {
    separator: u8,
    header: bool,
    categorical: Vec<(String, Encoding)>,
    skipped: Vec<String>,
    missing: Missing,
    missing_in: Vec<(String, Missing)>,
    like: Option<Table>,
}

impl Default for Csv {
    fn default() -> Self {
        Self::new()
    }
}

impl Csv {
    /// Commas, a header line, numbers only, nothing missing.
    #[must_use]
    pub fn new() -> Self {
        Self {
            separator: b',',
            header: true,
            categorical: Vec::new(),
            skipped: Vec::new(),
            missing: Missing::Error,
            missing_in: Vec::new(),
            like: None,
        }
    }

    /// What stands between two fields: `b';'`, `b'\t'`, or `b' '` for any number of blanks. Default: a comma.
    #[must_use]
    pub fn separator(mut self, separator: u8) -> Self {
        self.separator = separator;
        self
    }

    /// The first line is a row already; columns are called `1`, `2`, ..
    #[must_use]
    pub fn no_header(mut self) -> Self {
        self.header = false;
        self
    }

    /// The column of this name holds categories.
    #[must_use]
    pub fn categorical(mut self, column: impl Into<String>, encoding: Encoding) -> Self {
        self.categorical.push((column.into(), encoding));
        self
    }

    /// Leaves a column out, whatever it holds.
    #[must_use]
    pub fn skip(mut self, column: impl Into<String>) -> Self {
        self.skipped.push(column.into());
        self
    }

    /// What becomes of missing values. Default: [`Missing::Error`].
    #[must_use]
    pub fn missing(mut self, missing: Missing) -> Self {
        self.missing = missing;
        self
    }

    /// What becomes of missing values in one column.
    #[must_use]
    pub fn missing_in(mut self, column: impl Into<String>, missing: Missing) -> Self {
        self.missing_in.push((column.into(), missing));
        self
    }

    /// Reads another file of the same columns, a test set say, as `table` was read: a category that `table` does not have is an error,
    /// and what missing values are filled with is what they were or would have been there, so that nothing of the test set is used.
    #[must_use]
    pub fn like(mut self, table: &Table) -> Self {
        let columns = table.columns.iter().map(|column| Column { values: Vec::new(), ..column.clone() }).collect();
        self.like = Some(Table { columns, rows: 0, name: table.name.clone() });
        self
    }

    /// Reads a file.
    ///
    /// # Errors
    /// If the file cannot be read, a column that was named is not there or a name is there twice, a line has another number of fields than
    /// the header, a field is no number, a value is missing that may not, or there is no row; the error says in which line and column.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Table, DataError> {
        self.parse(Source::open(path.as_ref())?)
    }

    /// Reads from any stream; `name` is what errors call it.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_from(&self, stream: impl Read, name: impl AsRef<Path>) -> Result<Table, DataError> {
        self.parse(Source::new(name.as_ref(), stream)?)
    }

    fn parse(&self, source: Source<'_>) -> Result<Table, DataError> {
        let mut lines = Lines::new(source);
        let name = lines.path().display().to_string();
        let mut reading = Reading { columns: Vec::new(), rows: 0, cells: 0 };
        while let Some(line) = lines.next_whole()? {
            let result = match reading.columns.is_empty() {
                true => {
                    let mut names = Vec::new();
                    let header = fields(line, self.separator, &mut |column, field| {
                        let field = if self.header { field.to_owned() } else { column.to_string() };
                        header_name(&mut names, field)
                    });
                    match header {
                        Ok(_) => {
                            reading.columns = self.columns(&name, names)?;
                            if self.header { Ok(()) } else { reading.row(line, self.separator) }
                        }
                        Err(wrong) => Err(wrong),
                    }
                }
                false => reading.row(line, self.separator),
            };
            if let Err((column, reason)) = result {
                return Err(lines.error(column, reason));
            }
            if reading.cells > NUMBERS_LIMIT {
                return Err(lines.error(1, format!("more than {NUMBERS_LIMIT} fields up to here")));
            }
        }
        reading.finish(&name)
    }

    /// How each column of a file with these names is read.
    fn columns(&self, set: &str, names: Vec<String>) -> Result<Vec<Reader>, DataError> {
        let known: Vec<Column> = names
            .iter()
            .map(|name| Column { name: name.clone(), values: Vec::new(), categories: Vec::new(), encoding: Encoding::Index, fill: None })
            .collect();
        let named = self.categorical.iter().map(|(name, _)| name).chain(self.missing_in.iter().map(|(name, _)| name)).chain(&self.skipped);
        for name in named {
            if !names.contains(name) {
                return Err(no_column(set, name, &known));
            }
        }
        let mut columns = Vec::with_capacity(names.len());
        for name in names {
            let encoding = self.categorical.iter().rev().find(|(column, _)| *column == name).map(|(_, encoding)| *encoding);
            let missing = self.missing_in.iter().rev().find(|(column, _)| *column == name).map_or(self.missing, |(_, missing)| *missing);
            let skipped = self.skipped.contains(&name);
            let error = |reason: &str| DataError::Column { set: set.to_owned(), column: name.clone(), reason: reason.to_owned() };
            if let Missing::Constant(value) = missing
                && !value.is_finite()
            {
                return Err(error("the constant for missing values must be finite"));
            }
            let like = match &self.like {
                Some(table) if !skipped => Some(table.column(&name).map_err(|_| error("the table it shall be like has no such column"))?),
                _ => None,
            };
            let (encoding, categories) = match like {
                Some(column) => ((!column.categories.is_empty()).then_some(column.encoding), column.categories.clone()),
                None => (encoding, Vec::new()),
            };
            let places = categories.iter().cloned().zip(0..).collect();
            let fixed = like.is_some();
            let fill = like.and_then(|column| column.fill);
            columns.push(Reader {
                name,
                encoding,
                categories,
                places,
                fixed,
                missing,
                fill,
                skipped,
                values: Vec::new(),
                holes: Vec::new(),
            });
        }
        if let Some(table) = &self.like {
            let read = || columns.iter().filter(|column| !column.skipped).map(|column| &column.name);
            if !read().eq(table.columns.iter().map(|column| &column.name)) {
                let missing = table.columns.iter().find(|column| !read().any(|name| *name == column.name));
                let (column, reason) = match missing {
                    Some(column) => (column.name.clone(), "it is missing; the table this shall be like has it"),
                    None => (
                        read().next().cloned().unwrap_or_default(),
                        "the columns have another order than those of the table this shall be like",
                    ),
                };
                return Err(DataError::Column { set: set.to_owned(), column, reason: reason.to_owned() });
            }
        }
        if columns.iter().all(|column| column.skipped) {
            return Err(DataError::Column { set: set.to_owned(), column: String::new(), reason: "all columns are skipped".to_owned() });
        }
        Ok(columns)
    }
}

fn header_name(names: &mut Vec<String>, name: String) -> Result<(), String> {
    match () {
        () if name.is_empty() => Err("a column without a name".to_owned()),
        () if name.len() > LONGEST_NAME => Err(format!("a name of {} bytes, more than {LONGEST_NAME}", name.len())),
        () if names.len() == MOST_COLUMNS => Err(format!("more than {MOST_COLUMNS} columns")),
        () => {
            names.push(name);
            Ok(())
        }
    }
}

/// A column while it is read.
struct Reader {
    name: String,
    /// Of a categorical column.
    encoding: Option<Encoding>,
    /// In the order in which they are met, and where each one is.
    categories: Vec<String>,
    places: HashMap<String, usize>,
    /// Whether there may be no others.
    fixed: bool,
    missing: Missing,
    /// What is filled in, if that is known before the file is read.
    fill: Option<f64>,
    skipped: bool,
    values: Vec<f64>,
    /// The rows without a value.
    holes: Vec<usize>,
}

/// A table while it is read.
struct Reading {
    columns: Vec<Reader>,
    rows: usize,
    cells: u64,
}

impl Reading {
    /// Takes a line in; one that is to be dropped leaves no trace.
    fn row(&mut self, line: &[u8], separator: u8) -> Result<(), (usize, String)> {
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

    fn finish(self, name: &str) -> Result<Table, DataError> {
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
