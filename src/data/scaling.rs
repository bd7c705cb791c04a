//! Features of comparable size: fitted on the training set, applied to all sets, kept with the weights.

use super::{DataError, Samples};
use nn_core::weights::{Loaded, MetadataError, Saver};
use nn_core::{Network, Real, Scalar};

/// The key of the metadata of a weight file.
const KEY: &str = "scaling";

/// A shift and a factor for each feature: `(x - shift) * factor`.
///
/// Features are what the last axis counts: the columns of a table, the channels of a picture. Fit on the training set only; the same
/// numbers are then for validation, test and use, and belong with the weights:
///
/// ```
/// use nn::data::{Samples, Scaling, Targets};
/// use nn::prelude::*;
/// use nn::weights::Saver;
///
/// network! { struct Line { input: [2], Dense(1) } }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let path = std::env::temp_dir().join(format!("nn-scaling-{}.safetensors", std::process::id()));
/// let targets = Targets::Numbers { values: vec![0.0, 1.0], width: 1 };
/// let mut train = Samples::new(vec![10.0, 0.1, 30.0, 0.3], vec![2], targets)?;
/// let scaling = Scaling::standardize(&train);
/// scaling.apply(&mut train)?;
/// assert!((train.features(0)[0] + 1.0).abs() < 1e-6 && (train.features(1)[1] - 1.0).abs() < 1e-6);
///
/// let net = Line::new(1);
/// net.save_weights_with(&path, &scaling.save_with(Saver::new())?)?;
/// let loaded = Line::new(2).load_weights(&path)?;
/// assert_eq!(Scaling::loaded::<Line>(&loaded)?, scaling);
/// # std::fs::remove_file(&path)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    shift: Vec<f64>,
    factor: Vec<f64>,
}

impl Scaling {
    /// Mean 0 and variance 1 (of the population, as Keras and scikit-learn) for each feature of `train`. A feature that never changes
    /// becomes 0.
    #[must_use]
    pub fn standardize(train: &Samples) -> Self {
        let (features, count) = (last(train), rows(train) as f64);
        let mut shift = vec![0.0; features];
        each_row(train, features, |row| shift.iter_mut().zip(row).for_each(|(sum, x)| *sum += f64::from(*x)));
        shift.iter_mut().for_each(|sum| *sum /= count);
        let mut variance = vec![0.0; features];
        each_row(train, features, |row| {
            for ((sum, x), mean) in variance.iter_mut().zip(row).zip(&shift) {
                *sum += (f64::from(*x) - mean) * (f64::from(*x) - mean);
            }
        });
        let factor = variance.iter().zip(&shift).map(|(sum, mean)| {
            let deviation = (sum / count).sqrt();
            // What rounding leaves of a constant is no spread.
            if deviation > 1e-12 * mean.abs() && deviation > 0.0 { 1.0 / deviation } else { 1.0 }
        });
        Self { factor: factor.collect(), shift }
    }

    /// The range from 0 to 1 for each feature of `train`. A feature that never changes becomes 0.
    #[must_use]
    pub fn normalize(train: &Samples) -> Self {
        let features = last(train);
        let (mut low, mut high) = (vec![f64::INFINITY; features], vec![f64::NEG_INFINITY; features]);
        each_row(train, features, |row| {
            for ((low, high), x) in low.iter_mut().zip(&mut high).zip(row) {
                *low = low.min(f64::from(*x));
                *high = high.max(f64::from(*x));
            }
        });
        let factor = low.iter().zip(&high).map(|(low, high)| if high > low { 1.0 / (high - low) } else { 1.0 });
        Self { factor: factor.collect(), shift: low }
    }

    /// The number of features.
    #[must_use]
    pub fn features(&self) -> usize {
        self.shift.len()
    }

    /// What is subtracted from each feature.
    #[must_use]
    pub fn shift(&self) -> &[f64] {
        &self.shift
    }

    /// What each feature is then multiplied by.
    #[must_use]
    pub fn factor(&self) -> &[f64] {
        &self.factor
    }

    /// Scales all samples of a set.
    ///
    /// # Errors
    /// If a sample has another number of features, or a number leaves the range of `f32`; then nothing is changed.
    pub fn apply(&self, set: &mut Samples) -> Result<(), DataError> {
        let features = last(set);
        if features != self.features() {
            return Err(self.other(features));
        }
        let size = set.features(0).len();
        let places = set.values_mut().iter().enumerate();
        let mut beyond = places.map(|(at, x)| (at, self.scaled(at % features, f64::from(*x)))).filter(|(_, x)| !(*x as f32).is_finite());
        if let Some((at, value)) = beyond.next() {
            return Err(DataError::NotFinite { set: "scaled set".to_owned(), index: at / size, position: at % size, value });
        }
        self.scale(set.values_mut())
    }

    /// Scales numbers in place, the last axis being the features: one sample on its way to `predict`. Allocates nothing.
    ///
    /// # Errors
    /// If they are not a whole number of rows of features; then nothing is changed.
    pub fn scale<T: Scalar>(&self, values: &mut [T]) -> Result<(), DataError> {
        if !values.len().is_multiple_of(self.features()) {
            return Err(self.other(values.len()));
        }
        for row in values.chunks_exact_mut(self.features()) {
            for (feature, x) in row.iter_mut().enumerate() {
                *x = T::from_f64(self.scaled(feature, x.to_f64()));
            }
        }
        Ok(())
    }

    fn scaled(&self, feature: usize, x: f64) -> f64 {
        (x - self.shift[feature]) * self.factor[feature]
    }

    fn other(&self, found: usize) -> DataError {
        DataError::Scaling { reason: format!("it was fitted on {} features, and there are {found}", self.features()) }
    }

    /// Adds the numbers to the metadata of a weight file.
    ///
    /// # Errors
    /// If the metadata have no room left.
    pub fn save_with(&self, saver: Saver) -> Result<Saver, MetadataError> {
        saver.metadata(KEY, self.to_text())
    }

    /// The scaling that was saved with the weights of a network.
    ///
    /// # Errors
    /// If there is none, it is damaged, or it has another number of features than the last axis of the network's input.
    pub fn loaded<N: Network<In: Real>>(loaded: &Loaded) -> Result<Self, DataError> {
        let text = loaded.metadata.iter().find(|(key, _)| key == KEY).map(|(_, text)| text);
        let Some(text) = text else {
            return Err(DataError::Scaling { reason: format!("the weight file has no metadata of the key `{KEY}`") });
        };
        let scaling = Self::from_text(text)?;
        let features = <N::In as nn_core::Shape>::DIMS.last();
        if scaling.features() != features {
            let reason = format!("it was saved for {} features, and the input of `{}` has {features}", scaling.features(), N::NAME);
            return Err(DataError::Scaling { reason });
        }
        Ok(scaling)
    }

    /// `shift factor` of each feature, with a comma between features; every number has its digits, so that the bits come back.
    fn to_text(&self) -> String {
        let pairs: Vec<String> = self.shift.iter().zip(&self.factor).map(|(shift, factor)| format!("{shift:e} {factor:e}")).collect();
        pairs.join(",")
    }

    fn from_text(text: &str) -> Result<Self, DataError> {
        let (mut shift, mut factor) = (Vec::new(), Vec::new());
        for (feature, pair) in text.split(',').enumerate() {
            let mut numbers = pair.split(' ').map(|number| number.parse::<f64>().ok().filter(|number| number.is_finite()));
            match (numbers.next().flatten(), numbers.next().flatten(), numbers.next()) {
                (Some(s), Some(f), None) => {
                    shift.push(s);
                    factor.push(f);
                }
                _ => return Err(DataError::Scaling { reason: format!("feature {feature} is damaged: expected two finite numbers") }),
            }
        }
        Ok(Self { shift, factor })
    }
}

/// The length of the last axis.
fn last(set: &Samples) -> usize {
    set.dims().last().copied().unwrap_or(1)
}

fn rows(set: &Samples) -> usize {
    set.len() * (set.features(0).len() / last(set))
}

fn each_row(set: &Samples, features: usize, mut visit: impl FnMut(&[f32])) {
    (0..set.len()).for_each(|index| set.features(index).chunks_exact(features).for_each(&mut visit));
}

#[cfg(test)]
mod tests {
    use super::super::Targets;
    use super::*;
    use nn_core::network;

    network! { struct Two { input: [3, 2], Flatten, Dense(1) } }

    fn set(values: &[f32], dims: &[usize]) -> Samples {
        let samples = values.len() / dims.iter().product::<usize>();
        let targets = Targets::Numbers { values: vec![0.0; samples], width: 1 };
        Samples::new(values.to_vec(), dims.to_vec(), targets).unwrap()
    }

    #[test]
    fn each_feature_has_mean_0_and_variance_1_or_goes_from_0_to_1() {
        let train = set(&[1.0, 7.0, -1e6, 2.0, 7.0, 0.0, 6.0, 7.0, 3e6], &[3]);
        let mut standard = train.clone();
        Scaling::standardize(&train).apply(&mut standard).unwrap();
        for feature in [0, 2] {
            let column: Vec<f64> = (0..3).map(|index| f64::from(standard.features(index)[feature])).collect();
            let mean = column.iter().sum::<f64>() / 3.0;
            let variance = column.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 3.0;
            assert!(mean.abs() < 1e-6 && (variance - 1.0).abs() < 1e-5, "{column:?}");
        }
        let mut normal = train.clone();
        Scaling::normalize(&train).apply(&mut normal).unwrap();
        assert_eq!([normal.features(0), normal.features(1), normal.features(2)], [[0.0, 0.0, 0.0], [0.2, 0.0, 0.25], [1.0, 0.0, 1.0]]);
        // A feature that never changes.
        assert_eq!(standard.features(2)[1], 0.0);
        let constant = set(&[0.1; 9], &[1]);
        assert_eq!(Scaling::standardize(&constant).factor(), [1.0]);
    }

    #[test]
    fn the_last_axis_counts_features() {
        let pictures = set(&[0.0, 10.0, 2.0, 30.0, 4.0, 20.0, 0.0, 10.0, 2.0, 30.0, 4.0, 20.0], &[3, 2]);
        assert_eq!(Scaling::standardize(&pictures).shift(), [2.0, 20.0]);
    }

    #[test]
    fn what_does_not_fit_changes_nothing() {
        let scaling = Scaling::standardize(&set(&[0.0, 1.0, 2.0, 3.0], &[2]));
        let mut other = set(&[0.0, 1.0, 2.0], &[3]);
        let before = other.clone();
        assert_eq!(scaling.apply(&mut other).unwrap_err().to_string(), "scaling of features: it was fitted on 2 features, and there are 3");
        assert_eq!(other, before);
        assert!(scaling.scale(&mut [0.0_f64; 3]).is_err());
        let tiny = Scaling::normalize(&set(&[0.0, 1e-38], &[1]));
        let mut huge = set(&[0.0, 3e38], &[1]);
        let before = huge.clone();
        assert!(matches!(tiny.apply(&mut huge), Err(DataError::NotFinite { index: 1, .. })));
        assert_eq!(huge, before);
    }

    #[test]
    fn a_saved_scaling_comes_back_to_the_bit_or_not_at_all() {
        let loaded = |text: &str| {
            let mut loaded = Loaded::default();
            loaded.metadata.push((KEY.to_owned(), text.to_owned()));
            Scaling::loaded::<Two>(&loaded)
        };
        let scaling = Scaling { shift: vec![0.1, -1e-300], factor: vec![1.0 / 3.0, 7e20] };
        assert_eq!(loaded(&scaling.to_text()).unwrap(), scaling);
        for damaged in ["", "1", "1 2 3,1 1", "1 2,3", "1 x,1 1", "inf 1,1 1", "1 1,NaN 1", "1  1,1 1"] {
            assert!(loaded(damaged).unwrap_err().to_string().contains("is damaged"), "{damaged}");
        }
        assert!(loaded("1 1").unwrap_err().to_string().contains("saved for 1 features, and the input of `Two` has 2"));
        assert!(Scaling::loaded::<Two>(&Loaded::default()).unwrap_err().to_string().contains("no metadata"));
    }
}
