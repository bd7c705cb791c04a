//! Reading a table from text.

use std::io::Read;
use std::path::Path;

use super::super::lines::Lines;
use super::super::open::Source;
use super::reading::{LONGEST_NAME, Reader, Reading};
use super::record::fields;
use super::rows::Rows;
use super::{Column, DataError, Encoding, NUMBERS_LIMIT, Table, no_column};

/// The most columns of a table.
const MOST_COLUMNS: usize = 1 << 16;

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
        let (mut lines, mut reading) = self.begin(source)?;
        while reading.read(&mut lines, self.separator)? {
            if reading.cells > NUMBERS_LIMIT {
                return Err(lines.error(1, format!("more than {NUMBERS_LIMIT} fields up to here")));
            }
        }
        reading.finish(&lines.path().display().to_string())
    }

    /// Opens a file to read it row by row, however long it is: for a [`IterableDataset`](super::super::IterableDataset). See [`Rows`].
    ///
    /// # Errors
    /// If the file cannot be opened or has no line, or what must be known of all rows is not: categories, and what is filled in where
    /// values are missing. A table of the first part of the file, or of another one, tells it by [`like`](Self::like).
    pub fn rows(&self, path: impl AsRef<Path>) -> Result<Rows<'static>, DataError> {
        self.rows_of(Source::open(path.as_ref())?)
    }

    /// As [`rows`](Self::rows), from any stream; `name` is what errors call it.
    ///
    /// # Errors
    /// As there.
    pub fn rows_from<'a>(&self, stream: impl Read + 'a, name: impl AsRef<Path>) -> Result<Rows<'a>, DataError> {
        self.rows_of(Source::new(name.as_ref(), stream)?)
    }

    fn rows_of<'a>(&self, source: Source<'a>) -> Result<Rows<'a>, DataError> {
        let (lines, reading) = self.begin(source)?;
        Rows::new(lines, reading, self.separator)
    }

    /// Reads the names of columns. Where there is no header, the first line is a row as well.
    fn begin<'a>(&self, source: Source<'a>) -> Result<(Lines<'a>, Reading), DataError> {
        let mut lines = Lines::new(source);
        let name = lines.path().display().to_string();
        let mut reading = Reading { columns: Vec::new(), rows: 0, cells: 0 };
        let Some(line) = lines.next_whole()? else { return Ok((lines, reading)) };
        let mut names = Vec::new();
        let header = fields(line, self.separator, &mut |column, field| {
            let field = if self.header { field.to_owned() } else { column.to_string() };
            header_name(&mut names, field)
        });
        let first = match header {
            Ok(_) => {
                reading.columns = self.columns(&name, names)?;
                if self.header { Ok(()) } else { reading.row(line, self.separator) }
            }
            Err(wrong) => Err(wrong),
        };
        first.map_err(|(column, reason)| lines.error(column, reason))?;
        Ok((lines, reading))
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
