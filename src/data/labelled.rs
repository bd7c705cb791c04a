//! A classification set in memory.

use super::{Balance, DataError, one_hot};

/// What errors call a set that no file name is known for.
const SET: &str = "data set";

/// A classification set: one label, and a picture or a row of numbers, for each sample.
///
/// Pixels stay bytes, a quarter of their size as `f32`, and become numbers when they are used: the byte
/// [`scale`](Self::scale) stands for 1.0. A set always holds at least one sample, every sample has the same
/// dimensions, and every label is one of the classes.
///
/// ```
/// use nn::data::Labelled;
///
/// // Two pictures of 1x3 pixels; 255 is white.
/// let set = Labelled::new(vec![0, 51, 255, 255, 0, 0], vec![1, 3], vec![1, 0], 2, 255.0)?;
/// assert_eq!(set.len(), 2);
/// assert_eq!(set.pixels(0), [0, 51, 255]);
/// assert_eq!(set.scaled(0).collect::<Vec<f32>>(), [0.0, 0.2, 1.0]);
/// assert_eq!(set.label(0), 1);
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Labelled {
    pixels: Vec<u8>,
    dims: Vec<usize>,
    features: usize,
    labels: Vec<u8>,
    classes: usize,
    scale: f32,
}

impl Labelled {
    /// A set of `labels.len()` samples of `dims` each, `pixels` holding them one after the other, last axis fastest.
    ///
    /// `scale` is the pixel value that stands for 1.0: 255.0 for pictures, 16.0 for the [digits](super::digits).
    ///
    /// # Errors
    ///
    /// If there is no sample, the pixels are not one sample for each label, a label is not below `classes`,
    /// `classes` is not 1 to 256, a dimension is 0, or `scale` is not positive and finite.
    pub fn new(pixels: Vec<u8>, dims: Vec<usize>, labels: Vec<u8>, classes: usize, scale: f32) -> Result<Self, DataError> {
        Self::named(SET, pixels, dims, labels, classes, scale)
    }

    /// As [`new`](Self::new), with the name that errors give.
    pub(super) fn named(
        set: &str,
        pixels: Vec<u8>,
        dims: Vec<usize>,
        labels: Vec<u8>,
        classes: usize,
        scale: f32,
    ) -> Result<Self, DataError> {
        let features = features(&dims)?;
        if !pixels.len().is_multiple_of(features) {
            return Err(DataError::PixelCount { pixels: pixels.len(), features, dims });
        }
        if pixels.len() / features != labels.len() {
            return Err(DataError::CountMismatch { set: set.to_owned(), images: pixels.len() / features, labels: labels.len() });
        }
        if labels.is_empty() {
            return Err(DataError::Empty { set: set.to_owned() });
        }
        if !(1..=256).contains(&classes) {
            return Err(DataError::Classes { classes });
        }
        if let Some(index) = labels.iter().position(|&label| usize::from(label) >= classes) {
            return Err(DataError::LabelOutOfRange { set: set.to_owned(), index, label: usize::from(labels[index]), classes });
        }
        if !(scale > 0.0 && scale.is_finite()) {
            return Err(DataError::Scale { scale });
        }
        Ok(Self { pixels, dims, features, labels, classes, scale })
    }

    /// The number of samples, at least 1.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Always false: a set without samples cannot be made.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The number of classes; labels are below it.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The dimensions of one sample: `[height, width]` of a picture, `[features]` of a table's row.
    pub fn dims(&self) -> &[usize] {
        &self.dims
    }

    /// The number of pixels in one sample: the product of [`dims`](Self::dims).
    pub fn features(&self) -> usize {
        self.features
    }

    /// The pixel value that stands for 1.0.
    pub fn scale(&self) -> f32 {
        self.scale
    }

    /// The pixels of sample `index`, last axis fastest.
    ///
    /// # Panics
    ///
    /// If there is no such sample.
    #[track_caller]
    pub fn pixels(&self, index: usize) -> &[u8] {
        self.check(index);
        &self.pixels[index * self.features..][..self.features]
    }

    /// The pixels of sample `index` as numbers: each divided by [`scale`](Self::scale).
    ///
    /// # Panics
    ///
    /// If there is no such sample.
    #[track_caller]
    pub fn scaled(&self, index: usize) -> impl ExactSizeIterator<Item = f32> + '_ {
        self.pixels(index).iter().map(|&pixel| f32::from(pixel) / self.scale)
    }

    /// The label of sample `index`.
    ///
    /// # Panics
    ///
    /// If there is no such sample.
    #[track_caller]
    pub fn label(&self, index: usize) -> usize {
        self.check(index);
        usize::from(self.labels[index])
    }

    /// The labels of all samples, in order.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// The label of sample `index` as a vector: 1 at its class, 0 elsewhere.
    ///
    /// # Panics
    ///
    /// If there is no such sample.
    #[track_caller]
    pub fn one_hot(&self, index: usize) -> Vec<f32> {
        one_hot(self.label(index), self.classes)
    }

    /// The number of samples in each class, by class.
    pub fn class_counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.classes];
        for &label in &self.labels {
            counts[usize::from(label)] += 1;
        }
        counts
    }

    /// How many samples each class has, as a report.
    pub fn balance(&self) -> Balance {
        Balance::new(self.class_counts(), (0..self.classes).map(|class| class.to_string()).collect())
    }

    /// The same samples with other dimensions of the same product: `[64]` read as `[8, 8]`.
    ///
    /// # Errors
    ///
    /// If the product differs.
    pub fn reshaped(self, dims: Vec<usize>) -> Result<Self, DataError> {
        if features(&dims)? != self.features {
            return Err(DataError::Dims { dims, reason: format!("a sample has {} pixels", self.features) });
        }
        Ok(Self { dims, ..self })
    }

    /// The samples at `indices`, in their order; an index may occur several times.
    ///
    /// # Errors
    ///
    /// If `indices` is empty or one of them is not a sample.
    pub fn subset(&self, indices: &[usize]) -> Result<Self, DataError> {
        if let Some(&index) = indices.iter().find(|&&index| index >= self.len()) {
            return Err(DataError::IndexOutOfRange { index, len: self.len() });
        }
        if indices.is_empty() {
            return Err(DataError::Empty { set: "subset".to_owned() });
        }
        let mut pixels = Vec::with_capacity(indices.len() * self.features);
        for &index in indices {
            pixels.extend_from_slice(self.pixels(index));
        }
        Ok(Self {
            pixels,
            dims: self.dims.clone(),
            features: self.features,
            labels: indices.iter().map(|&index| self.labels[index]).collect(),
            classes: self.classes,
            scale: self.scale,
        })
    }

    /// The first `count` samples, or all of them if there are fewer.
    ///
    /// # Errors
    ///
    /// If `count` is 0.
    pub fn take(&self, count: usize) -> Result<Self, DataError> {
        let indices: Vec<usize> = (0..count.min(self.len())).collect();
        self.subset(&indices)
    }

    /// Panics where the place of the mistake is known: in the caller of the public method.
    #[track_caller]
    fn check(&self, index: usize) {
        assert!(index < self.len(), "sample {index} of a set of {}", self.len());
    }
}

/// Sizes instead of the pixels themselves, which nobody wants to see.
impl std::fmt::Debug for Labelled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Labelled")
            .field("len", &self.len())
            .field("dims", &self.dims)
            .field("classes", &self.classes)
            .field("scale", &self.scale)
            .finish_non_exhaustive()
    }
}

/// The product of dimensions, if a sample can have them.
pub(super) fn features(dims: &[usize]) -> Result<usize, DataError> {
    let product = dims.iter().try_fold(1_usize, |product, &dim| product.checked_mul(dim));
    let reason = match product {
        _ if dims.is_empty() => "there are none",
        Some(0) => "one of them is 0",
        Some(features) => return Ok(features),
        None => "their product is beyond what can be counted",
    };
    Err(DataError::Dims { dims: dims.to_vec(), reason: reason.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> Labelled {
        Labelled::new((0..12).collect(), vec![2, 2], vec![2, 0, 2], 3, 4.0).unwrap()
    }

    #[test]
    fn samples_come_back_as_given() {
        let set = set();
        assert_eq!((set.len(), set.is_empty()), (3, false));
        assert_eq!((set.classes(), set.features()), (3, 4));
        assert_eq!(set.dims(), [2, 2]);
        assert_eq!(set.labels(), [2, 0, 2]);
        assert_eq!(set.class_counts(), [1, 0, 2]);
        assert_eq!(set.pixels(1), [4, 5, 6, 7]);
        assert!(set.scaled(1).eq([1.0, 1.25, 1.5, 1.75]));
        assert_eq!(set.one_hot(2), [0.0, 0.0, 1.0]);
        assert!(format!("{set:?}").contains("len: 3"));
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let new = |pixels: usize, dims: &[usize], labels: &[u8], classes, scale| {
            Labelled::new(vec![0; pixels], dims.to_vec(), labels.to_vec(), classes, scale).unwrap_err().to_string()
        };
        assert_eq!(new(8, &[2, 2], &[0, 0, 0], 1, 1.0), "data set: 2 images, 3 labels");
        assert_eq!(new(7, &[2, 2], &[0, 0], 1, 1.0), "7 pixels are not a whole number of samples of 4 (dimensions [2, 2])");
        assert_eq!(new(0, &[2, 2], &[], 1, 1.0), "data set: no samples");
        assert_eq!(new(2, &[1], &[0, 3], 3, 1.0), "data set: sample 1 has label 3, but there are 3 classes (0 to 2)");
        assert!(new(1, &[1], &[0], 0, 1.0).contains("0 classes"));
        assert!(new(1, &[1], &[0], 257, 1.0).contains("257 classes"));
        assert!(new(0, &[], &[0], 1, 1.0).contains("there are none"));
        assert!(new(0, &[3, 0], &[0], 1, 1.0).contains("one of them is 0"));
        assert!(new(0, &[usize::MAX, 2], &[0], 1, 1.0).contains("beyond"));
        for scale in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert!(new(1, &[1], &[0], 1, scale).contains("scale"), "{scale}");
        }
        assert!(Labelled::new(vec![0], vec![1], vec![255], 256, 1.0).is_ok());
    }

    #[test]
    fn subsets_keep_pixels_and_labels_together() {
        let part = set().subset(&[2, 1, 2]).unwrap();
        assert_eq!(part.labels(), [2, 0, 2]);
        assert_eq!(part.pixels(0), [8, 9, 10, 11]);
        assert_eq!(part.pixels(1), [4, 5, 6, 7]);
        assert_eq!(set().take(2).unwrap().labels(), [2, 0]);
        assert_eq!(set().take(9).unwrap(), set());
        assert!(matches!(set().take(0), Err(DataError::Empty { .. })));
        assert!(matches!(set().subset(&[0, 3]), Err(DataError::IndexOutOfRange { index: 3, len: 3 })));
    }

    #[test]
    fn dimensions_can_be_read_otherwise() {
        assert_eq!(set().reshaped(vec![4, 1]).unwrap().dims(), [4, 1]);
        assert!(matches!(set().reshaped(vec![3]), Err(DataError::Dims { .. })));
    }

    #[test]
    #[should_panic(expected = "sample 3 of a set of 3")]
    fn a_sample_beyond_the_set_panics() {
        set().pixels(3);
    }
}
