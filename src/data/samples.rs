//! Samples of numbers with targets of either kind.

use super::labelled::features;
use super::{Balance, DataError, Labelled};

/// What errors call a set that no file name is known for.
const SET: &str = "data set";

/// What samples are compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets {
    /// One class each.
    Classes {
        /// The class of each sample.
        labels: Vec<u32>,
        /// The names of the classes; labels are below their number.
        names: Vec<String>,
    },
    /// `width` numbers each, one sample after the other.
    Numbers {
        /// All numbers.
        values: Vec<f32>,
        /// How many a sample has.
        width: usize,
    },
}

/// Samples of numbers, each with a class or with numbers as its target: rows of a [`Table`](super::Table), arrays of NumPy.
///
/// A set has at least one sample, all have the same dimensions, every number is finite, and every label is one of the classes. Pictures of
/// bytes are a [`Labelled`] set, which takes a quarter of the memory.
///
/// It is training data for networks of any scalar: as class indices for `SparseCategoricalCrossentropy`, as vectors (one-hot, or the
/// numbers themselves) for the other losses. A set of two classes gives a network with one output 0 or 1, for `BinaryCrossentropy`.
///
/// ```
/// use nn::data::{Samples, Targets};
///
/// let targets = Targets::Numbers { values: vec![1.0, 2.0], width: 1 };
/// let set = Samples::new(vec![0.5, 1.5, 2.5, 3.5], vec![2], targets)?;
/// assert_eq!((set.len(), set.features(1), set.target(1)), (2, &[2.5, 3.5][..], &[2.0][..]));
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Samples {
    values: Vec<f32>,
    dims: Vec<usize>,
    size: usize,
    len: usize,
    targets: Targets,
    feature_names: Vec<String>,
}

impl Samples {
    /// A set of samples of `dims` each, `values` holding them one after the other, last axis fastest.
    ///
    /// # Errors
    /// If there is no sample, the values or targets are not one for each, a number is not finite, or a label is not below the number of
    /// classes.
    pub fn new(values: Vec<f32>, dims: Vec<usize>, targets: Targets) -> Result<Self, DataError> {
        Self::named(SET, values, dims, targets)
    }

    /// As [`new`](Self::new), with the name that errors give.
    pub(super) fn named(set: &str, values: Vec<f32>, dims: Vec<usize>, targets: Targets) -> Result<Self, DataError> {
        let size = features(&dims)?;
        if !values.len().is_multiple_of(size) {
            return Err(DataError::PixelCount { pixels: values.len(), features: size, dims });
        }
        let len = values.len() / size;
        let (count, width) = match &targets {
            Targets::Classes { labels, .. } => (labels.len(), 1),
            Targets::Numbers { width: 0, .. } => {
                return Err(DataError::Dims { dims: vec![0], reason: "a target has no numbers".to_owned() });
            }
            Targets::Numbers { values, width } => (values.len().div_ceil(*width), *width),
        };
        if count != len || matches!(&targets, Targets::Numbers { values, .. } if values.len() != len * width) {
            return Err(DataError::CountMismatch { set: set.to_owned(), images: len, labels: count });
        }
        if len == 0 {
            return Err(DataError::Empty { set: set.to_owned() });
        }
        let finite = |values: &[f32], size: usize| match values.iter().position(|value| !value.is_finite()) {
            Some(at) => {
                let (index, position, value) = (at / size, at % size, f64::from(values[at]));
                Err(DataError::NotFinite { set: set.to_owned(), index, position, value })
            }
            None => Ok(()),
        };
        finite(&values, size)?;
        match &targets {
            Targets::Classes { labels, names } => {
                if let Some(index) = labels.iter().position(|&label| label as usize >= names.len()) {
                    let label = labels[index] as usize;
                    // Without a class there is no last one to name.
                    return Err(match names.len() {
                        0 => DataError::Classes { classes: 0 },
                        classes => DataError::LabelOutOfRange { set: set.to_owned(), index, label, classes },
                    });
                }
            }
            Targets::Numbers { values, width } => finite(values, *width)?,
        }
        Ok(Self { values, dims, size, len, targets, feature_names: Vec::new() })
    }

    pub(super) fn with_feature_names(self, feature_names: Vec<String>) -> Self {
        Self { feature_names, ..self }
    }

    /// The number of samples, at least 1.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Always false: a set without samples cannot be made.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The dimensions of one sample.
    #[must_use]
    pub fn dims(&self) -> &[usize] {
        &self.dims
    }

    /// The names of the features, of a set that was made from a table; otherwise none.
    #[must_use]
    pub fn feature_names(&self) -> &[String] {
        &self.feature_names
    }

    /// The numbers of sample `index`, last axis fastest.
    ///
    /// # Panics
    /// If there is no such sample.
    #[must_use]
    #[track_caller]
    pub fn features(&self, index: usize) -> &[f32] {
        assert!(index < self.len, "sample {index} of a set of {}", self.len);
        &self.values[index * self.size..][..self.size]
    }

    /// All numbers, to change them: a value that is not finite stops a training run at its first step.
    #[must_use]
    pub fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// What all samples are compared with.
    #[must_use]
    pub fn targets(&self) -> &Targets {
        &self.targets
    }

    /// The class of sample `index`; none in a set with numbers as targets.
    ///
    /// # Panics
    /// If there is no such sample.
    #[must_use]
    #[track_caller]
    pub fn label(&self, index: usize) -> Option<usize> {
        assert!(index < self.len, "sample {index} of a set of {}", self.len);
        match &self.targets {
            Targets::Classes { labels, .. } => Some(labels[index] as usize),
            Targets::Numbers { .. } => None,
        }
    }

    /// The numbers sample `index` is compared with; none in a set with classes.
    ///
    /// # Panics
    /// If there is no such sample.
    #[must_use]
    #[track_caller]
    pub fn target(&self, index: usize) -> &[f32] {
        assert!(index < self.len, "sample {index} of a set of {}", self.len);
        match &self.targets {
            Targets::Classes { .. } => &[],
            Targets::Numbers { values, width } => &values[index * width..][..*width],
        }
    }

    /// The names of the classes; none in a set with numbers as targets.
    #[must_use]
    pub fn class_names(&self) -> &[String] {
        match &self.targets {
            Targets::Classes { names, .. } => names,
            Targets::Numbers { .. } => &[],
        }
    }

    /// The number of samples in each class.
    #[must_use]
    pub fn class_counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.class_names().len()];
        (0..self.len).filter_map(|index| self.label(index)).for_each(|label| counts[label] += 1);
        counts
    }

    /// How many samples each class has; `None` for a set with numbers as targets.
    #[must_use]
    pub fn balance(&self) -> Option<Balance> {
        (!self.class_names().is_empty()).then(|| Balance::new(self.class_counts(), self.class_names().to_vec()))
    }

    /// The same samples with other dimensions of the same product.
    ///
    /// # Errors
    /// If the product differs.
    pub fn reshaped(self, dims: Vec<usize>) -> Result<Self, DataError> {
        if features(&dims)? != self.size {
            return Err(DataError::Dims { dims, reason: format!("a sample has {} numbers", self.size) });
        }
        Ok(Self { dims, ..self })
    }

    /// The samples at `indices`, in their order; an index may occur several times.
    ///
    /// # Errors
    /// If `indices` is empty or one of them is not a sample.
    pub fn subset(&self, indices: &[usize]) -> Result<Self, DataError> {
        if let Some(&index) = indices.iter().find(|&&index| index >= self.len) {
            return Err(DataError::IndexOutOfRange { index, len: self.len });
        }
        if indices.is_empty() {
            return Err(DataError::Empty { set: "subset".to_owned() });
        }
        let targets = match &self.targets {
            Targets::Classes { labels, names } => {
                Targets::Classes { labels: indices.iter().map(|&index| labels[index]).collect(), names: names.clone() }
            }
            Targets::Numbers { width, .. } => {
                Targets::Numbers { values: indices.iter().flat_map(|&index| self.target(index)).copied().collect(), width: *width }
            }
        };
        Ok(Self {
            values: indices.iter().flat_map(|&index| self.features(index)).copied().collect(),
            dims: self.dims.clone(),
            size: self.size,
            len: indices.len(),
            targets,
            feature_names: self.feature_names.clone(),
        })
    }
}

/// The pixels as numbers, 1.0 for the set's scale.
impl From<&Labelled> for Samples {
    fn from(set: &Labelled) -> Self {
        let targets = Targets::Classes {
            labels: set.labels().iter().map(|&label| u32::from(label)).collect(),
            names: (0..set.classes()).map(|class| class.to_string()).collect(),
        };
        Self {
            values: (0..set.len()).flat_map(|index| set.scaled(index)).collect(),
            dims: set.dims().to_vec(),
            size: set.features(),
            len: set.len(),
            targets,
            feature_names: Vec::new(),
        }
    }
}

/// Sizes instead of the numbers themselves, which nobody wants to see.
impl std::fmt::Debug for Samples {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Samples").field("len", &self.len).field("dims", &self.dims).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(labels: &[u32], count: usize) -> Targets {
        Targets::Classes { labels: labels.to_vec(), names: (0..count).map(|class| format!("c{class}")).collect() }
    }

    #[test]
    fn samples_come_back_as_given_and_subsets_keep_them_together() {
        let set = Samples::new((0..12).map(|x| x as f32).collect(), vec![2, 2], classes(&[2, 0, 2], 3)).unwrap();
        assert_eq!((set.len(), set.features(1), set.label(1)), (3, &[4.0, 5.0, 6.0, 7.0][..], Some(0)));
        assert_eq!((set.class_counts(), set.target(0)), (vec![1, 0, 2], &[][..]));
        let part = set.subset(&[2, 1, 2]).unwrap();
        assert_eq!((part.features(0)[0], part.label(0), part.features(1)[0], part.label(1)), (8.0, Some(2), 4.0, Some(0)));
        let numbers = Targets::Numbers { values: vec![1.0, 2.0, 3.0, 4.0], width: 2 };
        let set = Samples::new(vec![0.0, 1.0], vec![1], numbers).unwrap();
        assert_eq!((set.subset(&[1]).unwrap().target(0), set.label(1), set.balance()), (&[3.0, 4.0][..], None, None));
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let new = |values: &[f32], targets| Samples::new(values.to_vec(), vec![2], targets).unwrap_err().to_string();
        assert_eq!(new(&[0.0; 3], classes(&[0], 1)), "3 pixels are not a whole number of samples of 2 (dimensions [2])");
        assert_eq!(new(&[0.0; 4], classes(&[0], 1)), "data set: 2 images, 1 labels");
        assert_eq!(new(&[], classes(&[], 1)), "data set: no samples");
        assert_eq!(new(&[0.0; 4], classes(&[0, 3], 3)), "data set: sample 1 has label 3, but there are 3 classes (0 to 2)");
        assert!(new(&[0.0; 2], classes(&[0], 0)).contains("0 classes"));
        assert_eq!(
            new(&[0.0, 0.0, 0.0, f32::NAN], classes(&[0, 0], 1)),
            "data set: sample 1, value 1: NaN is not a finite number of 32 bits"
        );
        let numbers = |values: &[f32], width| Targets::Numbers { values: values.to_vec(), width };
        assert!(new(&[0.0; 4], numbers(&[0.0; 3], 2)).contains("2 images"));
        assert!(new(&[0.0; 2], numbers(&[], 0)).contains("no numbers"));
        assert!(new(&[0.0; 2], numbers(&[0.0, f32::INFINITY], 2)).contains("value 1: inf"));
    }
}
