//! Which classes are taken for which.

use std::fmt;
use std::path::Path;

use comfy_table::{Cell, CellAlignment, Table, presets};

use crate::plot::PlotError;

/// Counts of samples by their true class (rows) and the class predicted (columns).
///
/// A rate whose denominator is 0 (the recall of a class without samples, the precision of a class never predicted,
/// the accuracy of no samples) is NaN: it is undefined, and shown as `-`.
///
/// ```
/// use nn::metrics::ConfusionMatrix;
///
/// let mut matrix = ConfusionMatrix::new(2);
/// for (truth, predicted) in [(0, 0), (0, 0), (0, 1), (1, 1)] {
///     matrix.record(truth, predicted);
/// }
/// assert_eq!(matrix.accuracy(), 0.75);
/// assert_eq!(matrix.precision(1), 0.5);
/// assert_eq!(matrix.recall(1), 1.0);
/// println!("{matrix}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfusionMatrix {
    names: Vec<String>,
    /// Row by row: `counts[truth * classes + predicted]`.
    counts: Vec<u64>,
}

impl ConfusionMatrix {
    /// An empty matrix of `classes` classes, named by their numbers.
    ///
    /// # Panics
    ///
    /// If `classes` is 0.
    pub fn new(classes: usize) -> Self {
        Self::named((0..classes).map(|class| class.to_string()))
    }

    /// An empty matrix of classes with names: `ConfusionMatrix::named(["cat", "dog"])`.
    ///
    /// # Panics
    ///
    /// If there is no name.
    pub fn named(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        assert!(!names.is_empty(), "a confusion matrix of no classes");
        let counts = vec![0; names.len() * names.len()];
        Self { names, counts }
    }

    /// Counts a sample of class `truth` that was taken for `predicted`.
    ///
    /// # Panics
    ///
    /// If either is not below the number of classes.
    #[track_caller]
    pub fn record(&mut self, truth: usize, predicted: usize) {
        let index = self.index(truth, predicted);
        self.counts[index] += 1;
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.names.len()
    }

    /// The names of the classes.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of samples of class `truth` that were taken for `predicted`.
    ///
    /// # Panics
    ///
    /// If either is not below the number of classes.
    #[track_caller]
    pub fn count(&self, truth: usize, predicted: usize) -> u64 {
        self.counts[self.index(truth, predicted)]
    }

    /// The number of samples counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The share of samples whose class was found.
    pub fn accuracy(&self) -> f64 {
        let found = (0..self.classes()).map(|class| self.count(class, class)).sum();
        ratio(found, self.total())
    }

    /// The share of samples taken for `class` that are of it.
    ///
    /// # Panics
    ///
    /// If `class` is not below the number of classes.
    #[track_caller]
    pub fn precision(&self, class: usize) -> f64 {
        let found = self.count(class, class);
        let taken_for_it = (0..self.classes()).map(|truth| self.count(truth, class)).sum();
        ratio(found, taken_for_it)
    }

    /// The share of samples of `class` that were found.
    ///
    /// # Panics
    ///
    /// If `class` is not below the number of classes.
    #[track_caller]
    pub fn recall(&self, class: usize) -> f64 {
        let found = self.count(class, class);
        ratio(found, self.row(class).iter().sum())
    }

    /// The harmonic mean of precision and recall: 2 found / (samples of the class + samples taken for it).
    ///
    /// # Panics
    ///
    /// If `class` is not below the number of classes.
    #[track_caller]
    pub fn f1(&self, class: usize) -> f64 {
        let found = self.count(class, class);
        let of_it: u64 = self.row(class).iter().sum();
        let taken_for_it: u64 = (0..self.classes()).map(|truth| self.count(truth, class)).sum();
        ratio(2 * found, of_it + taken_for_it)
    }

    /// The mean of the classes' [`f1`](Self::f1), each class counting the same; classes where it is undefined (neither
    /// present nor predicted) are left out.
    pub fn macro_f1(&self) -> f64 {
        let defined: Vec<f64> = (0..self.classes()).map(|class| self.f1(class)).filter(|f1| !f1.is_nan()).collect();
        defined.iter().sum::<f64>() / defined.len() as f64
    }

    /// The most frequent mistakes, at most `most` of them, as (truth, predicted, count), the most frequent first.
    pub fn most_confused(&self, most: usize) -> Vec<(usize, usize, u64)> {
        let classes = self.classes();
        let mut mistakes: Vec<(usize, usize, u64)> = (0..self.counts.len())
            .map(|index| (index / classes, index % classes, self.counts[index]))
            .filter(|&(truth, predicted, count)| truth != predicted && count > 0)
            .collect();
        mistakes.sort_by_key(|&(_, _, count)| std::cmp::Reverse(count));
        mistakes.truncate(most);
        mistakes
    }

    /// Draws the matrix as a heat map into an SVG file: each row shaded by its shares, with the counts written in.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn save_svg(&self, path: impl AsRef<Path>) -> Result<(), PlotError> {
        super::heat_map::save(self, path.as_ref())
    }

    /// The counts of one true class.
    #[track_caller]
    pub(super) fn row(&self, truth: usize) -> &[u64] {
        let first = self.index(truth, 0);
        &self.counts[first..][..self.classes()]
    }

    #[track_caller]
    fn index(&self, truth: usize, predicted: usize) -> usize {
        let classes = self.classes();
        for class in [truth, predicted] {
            assert!(class < classes, "class {class} is none of {classes} classes");
        }
        truth * classes + predicted
    }
}

/// Rows are true classes, columns predictions; a dot stands for 0; recall ends each row, precision each column.
impl fmt::Display for ConfusionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        let mut header = vec![right("true \\ predicted".to_owned())];
        header.extend(self.names.iter().map(|name| right(name.clone())));
        header.push(right("recall".to_owned()));
        table.set_header(header);
        for truth in 0..self.classes() {
            let mut row = vec![right(self.names[truth].clone())];
            row.extend(self.row(truth).iter().map(|&count| match count {
                0 => right(".".to_owned()),
                _ => right(count.to_string()),
            }));
            row.push(right(percent(self.recall(truth))));
            table.add_row(row);
        }
        let mut last = vec![right("precision".to_owned())];
        last.extend((0..self.classes()).map(|class| right(percent(self.precision(class)))));
        last.push(right(percent(self.accuracy())));
        table.add_row(last);
        // The blank before the first column separates it from nothing.
        if let Some(names) = table.column_mut(0) {
            names.set_padding((0, 1));
        }
        for line in table.lines() {
            writeln!(f, "{}", line.trim_end())?;
        }
        write!(f, "{}", self.summary())
    }
}

impl ConfusionMatrix {
    /// The whole in one line.
    pub(super) fn summary(&self) -> String {
        format!("accuracy {} of {} samples", percent(self.accuracy()), self.total())
    }
}

/// A rate for the eye: a tenth of a per cent, `-` where it is undefined.
pub(super) fn percent(rate: f64) -> String {
    if rate.is_nan() {
        return "-".to_owned();
    }
    format!("{:.1}%", rate * 100.0)
}

fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 3 classes: rows [5, 1, 0], [2, 3, 1], [0, 0, 0].
    fn matrix() -> ConfusionMatrix {
        let mut matrix = ConfusionMatrix::new(3);
        for (truth, row) in [[5, 1, 0], [2, 3, 1], [0, 0, 0]].iter().enumerate() {
            for (predicted, &count) in row.iter().enumerate() {
                (0..count).for_each(|_| matrix.record(truth, predicted));
            }
        }
        matrix
    }

    #[test]
    fn rates_are_those_of_the_textbook() {
        let matrix = matrix();
        assert_eq!((matrix.total(), matrix.classes()), (12, 3));
        assert_eq!(matrix.count(1, 0), 2);
        assert_eq!(matrix.accuracy(), 8.0 / 12.0);
        assert_eq!(matrix.recall(0), 5.0 / 6.0);
        assert_eq!(matrix.precision(0), 5.0 / 7.0);
        let (p, r) = (matrix.precision(1), matrix.recall(1));
        assert_eq!((p, r), (0.75, 0.5));
        assert!((matrix.f1(1) - 2.0 * p * r / (p + r)).abs() < 1e-15);
        assert!((matrix.macro_f1() - (10.0 / 13.0 + 0.6 + 0.0) / 3.0).abs() < 1e-15);
        assert_eq!(matrix.most_confused(2), [(1, 0, 2), (0, 1, 1)]);
    }

    #[test]
    fn rates_of_nothing_are_undefined() {
        assert!(matrix().recall(2).is_nan());
        assert_eq!(matrix().precision(2), 0.0);
        let empty = ConfusionMatrix::new(2);
        for rate in [empty.accuracy(), empty.precision(0), empty.f1(1), empty.macro_f1()] {
            assert!(rate.is_nan());
        }
        assert_eq!(empty.most_confused(3), []);
    }

    #[test]
    fn the_table_is_aligned() {
        let lines: Vec<String> = matrix().to_string().lines().map(str::to_owned).collect();
        assert_eq!(
            lines,
            [
                "true \\ predicted      0      1     2  recall",
                "               0      5      1     .   83.3%",
                "               1      2      3     1   50.0%",
                "               2      .      .     .       -",
                "       precision  71.4%  75.0%  0.0%   66.7%",
                "accuracy 66.7% of 12 samples",
            ]
        );
    }

    #[test]
    #[should_panic(expected = "class 3 is none of 3 classes")]
    fn a_class_beyond_the_matrix_panics() {
        matrix().record(0, 3);
    }
}
