//! What a metric is, and what it sees.

use nalgebra::SMatrix;
use nn_core::Scalar;

/// A number that says how good outputs are, over as many samples as it is shown: built-in metrics and users' own are the same.
///
/// [`Trainer::metric`](crate::Trainer::metric) computes it in training and validation, under its name in the progress line and the
/// [`History`](crate::History); alone it is updated and read by hand.
///
/// ```
/// use nn::metrics::{Metric, Predictions};
///
/// /// The largest error of all.
/// #[derive(Default)]
/// struct MaxError(f64);
///
/// impl Metric<f32> for MaxError {
///     fn name(&self) -> String {
///         "max_error".to_owned()
///     }
///     fn reset(&mut self) {
///         self.0 = 0.0;
///     }
///     fn update(&mut self, predictions: Predictions<'_, f32>) {
///         for (output, target) in predictions.elements() {
///             self.0 = self.0.max((output - target).abs());
///         }
///     }
///     fn result(&mut self) -> f64 {
///         self.0
///     }
/// }
///
/// let mut metric = MaxError::default();
/// metric.update(Predictions::numbers(&[1.0, 2.0], &[1.5, 2.0], 1));
/// metric.update(Predictions::numbers(&[5.0], &[3.0], 1));
/// assert_eq!(metric.result(), 2.0);
/// ```
pub trait Metric<T: Scalar>: Send + Sync {
    /// Its key in the history, Keras's name where Keras has it: `top_k_categorical_accuracy`.
    fn name(&self) -> String;
    /// Forgets all samples.
    fn reset(&mut self);
    /// Takes samples into account.
    fn update(&mut self, predictions: Predictions<'_, T>);
    /// The value over all samples since the last reset; NaN where it is undefined.
    fn result(&mut self) -> f64;
}

/// Outputs of a network, of one sample or of many, with what they should have been.
#[derive(Clone, Copy, Debug)]
pub struct Predictions<'a, T> {
    outputs: &'a [T],
    truth: Truth<'a, T>,
    row: usize,
}

/// What outputs should have been.
#[derive(Clone, Copy, Debug)]
pub enum Truth<'a, T> {
    /// The class of each row.
    Labels(&'a [u32]),
    /// A number for each output.
    Numbers(&'a [T]),
}

impl<'a, T: Scalar> Predictions<'a, T> {
    /// Rows of outputs, one for each label: `labels(&[0.9, 0.1, 0.3, 0.7], &[0, 1])`.
    ///
    /// # Panics
    /// If the outputs cannot be divided into as many rows.
    #[must_use]
    #[track_caller]
    pub fn labels(outputs: &'a [T], labels: &'a [u32]) -> Self {
        let row = outputs.len().checked_div(labels.len()).unwrap_or(0);
        assert_eq!(row * labels.len(), outputs.len(), "{} outputs for {} labels", outputs.len(), labels.len());
        Self { outputs, truth: Truth::Labels(labels), row }
    }

    /// Outputs with a target each, in rows of `row`: the number of classes, or of values of one sample.
    ///
    /// # Panics
    /// If there are not as many targets as outputs, or the last row is not full.
    #[must_use]
    #[track_caller]
    pub fn numbers(outputs: &'a [T], targets: &'a [T], row: usize) -> Self {
        assert_eq!(outputs.len(), targets.len(), "{} outputs for {} targets", outputs.len(), targets.len());
        assert!(outputs.is_empty() || (row > 0 && outputs.len().is_multiple_of(row)), "{} outputs in rows of {row}", outputs.len());
        Self { outputs, truth: Truth::Numbers(targets), row }
    }

    /// The outputs of one sample of a network, whose last axis is `row`, with its target. A target of another size is cut to the
    /// shorter of both.
    pub(crate) fn sample(outputs: &'a [T], row: usize, truth: Truth<'a, T>) -> Self {
        Self { outputs, truth, row }
    }

    /// The length of a row: the number of classes, or of values of one sample.
    #[must_use]
    pub fn row(&self) -> usize {
        self.row
    }

    /// The truth as it was given.
    #[must_use]
    pub fn truth(&self) -> Truth<'a, T> {
        self.truth
    }

    /// Whether the truth is labels.
    pub(super) fn are_labels(&self) -> bool {
        matches!(self.truth, Truth::Labels(_))
    }

    /// Each row of outputs with its class: the label, or where the target is largest. A row of one output has the class 1 if the
    /// target is above one half, else 0.
    pub fn rows(&self) -> impl Iterator<Item = (&'a [T], usize)> {
        let truth = self.truth;
        let row = self.row.max(1);
        self.outputs.chunks_exact(row).enumerate().filter_map(move |(index, outputs)| match truth {
            Truth::Labels(labels) => labels.get(index).map(|label| (outputs, *label as usize)),
            Truth::Numbers(numbers) => {
                let target = numbers.get(index * row..(index + 1) * row)?;
                let class = if row == 1 { usize::from(target[0].to_f64() > 0.5) } else { nn_core::class_of(target) };
                Some((outputs, class))
            }
        })
    }

    /// Each row of outputs with its row of targets; nothing if the truth is labels.
    pub fn pairs(&self) -> impl Iterator<Item = (&'a [T], &'a [T])> {
        let numbers = match self.truth {
            Truth::Labels(_) => &[],
            Truth::Numbers(numbers) => numbers,
        };
        let row = self.row.max(1);
        self.outputs.chunks_exact(row).zip(numbers.chunks_exact(row))
    }

    /// Each output with its target. A label is a target of 1 for its class and 0 for the others; in rows of one output the label
    /// itself is the target.
    pub fn elements(&self) -> impl Iterator<Item = (f64, f64)> {
        let (truth, row) = (self.truth, self.row.max(1));
        self.outputs.iter().enumerate().filter_map(move |(index, output)| {
            let target = match truth {
                Truth::Numbers(numbers) => numbers.get(index)?.to_f64(),
                Truth::Labels(labels) => match *labels.get(index / row)? {
                    label if row == 1 => f64::from(label),
                    label => f64::from(u8::from(label as usize == index % row)),
                },
            };
            Some((output.to_f64(), target))
        })
    }
}

/// A target of a network that metrics can look at: arrays of numbers, and labels.
pub trait AsTruth<T> {
    /// Its numbers or labels.
    fn as_truth(&self) -> Truth<'_, T>;
}

/// A target with its weight, of a [`SampleWeighted`](nn_core::train::loss::SampleWeighted) loss. Metrics do not look at weights.
impl<T: Scalar, Y: AsTruth<T>> AsTruth<T> for (Y, f64) {
    fn as_truth(&self) -> Truth<'_, T> {
        self.0.as_truth()
    }
}

impl<T: Scalar> AsTruth<T> for u32 {
    fn as_truth(&self) -> Truth<'_, T> {
        Truth::Labels(std::slice::from_ref(self))
    }
}

impl<T: Scalar, const N: usize> AsTruth<T> for [u32; N] {
    fn as_truth(&self) -> Truth<'_, T> {
        Truth::Labels(self)
    }
}

impl<T: Scalar, const W: usize, const H: usize> AsTruth<T> for [[u32; W]; H] {
    fn as_truth(&self) -> Truth<'_, T> {
        Truth::Labels(self.as_flattened())
    }
}

impl<T: Scalar, const R: usize, const C: usize> AsTruth<T> for SMatrix<T, R, C> {
    fn as_truth(&self) -> Truth<'_, T> {
        Truth::Numbers(self.as_slice())
    }
}

impl<T: Scalar, const R: usize, const C: usize, const H: usize> AsTruth<T> for [SMatrix<T, R, C>; H] {
    fn as_truth(&self) -> Truth<'_, T> {
        Truth::Numbers(nn_core::memory::flat(self))
    }
}
