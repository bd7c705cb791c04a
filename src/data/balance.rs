//! How many samples each class has.

use std::fmt::{self, Display, Formatter};

/// The number of samples in each class; prints itself as a table.
///
/// ```
/// let balance = nn::data::digits()?.balance();
/// assert_eq!((balance.counts()[8], balance.samples()), (174, 1797));
/// assert!(balance.ratio() < 1.1);
/// assert!(balance.to_string().contains("evenly"));
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    counts: Vec<usize>,
    names: Vec<String>,
}

impl Balance {
    pub(super) fn new(counts: Vec<usize>, names: Vec<String>) -> Self {
        Self { counts, names }
    }

    /// The samples of each class.
    #[must_use]
    pub fn counts(&self) -> &[usize] {
        &self.counts
    }

    /// All samples.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.counts.iter().sum()
    }

    /// How often the largest class has the samples of the smallest; infinite if a class has none.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        let (most, least) = (self.counts.iter().max(), self.counts.iter().min());
        most.zip(least).map_or(1.0, |(&most, &least)| most as f64 / least as f64)
    }

    /// The accuracy of a guess that is always the largest class: what a network must exceed.
    #[must_use]
    pub fn baseline(&self) -> f64 {
        self.counts.iter().max().map_or(0.0, |&most| most as f64 / self.samples() as f64)
    }

    /// Weights that make every class count the same, `samples / (classes * count)` as scikit-learn's `balanced`: for
    /// [`ClassWeights`](crate::train::loss::ClassWeights). A class without samples has weight 0.
    ///
    /// # Panics
    /// If there are not `C` classes.
    #[must_use]
    #[track_caller]
    pub fn weights<const C: usize>(&self) -> [f64; C] {
        assert_eq!(self.counts.len(), C, "weights of {C} classes, of a set of {}", self.counts.len());
        let samples = self.samples() as f64;
        std::array::from_fn(|class| match self.counts[class] {
            0 => 0.0,
            count => samples / (C as f64 * count as f64),
        })
    }
}

impl Display for Balance {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        const BAR: f64 = 30.0;
        let width = self.names.iter().map(|name| name.chars().count()).fold(5, usize::max);
        let (samples, most) = (self.samples() as f64, self.counts.iter().copied().max().unwrap_or(0).max(1) as f64);
        writeln!(f, "{:width$}  samples   share", "class")?;
        for (name, &count) in self.names.iter().zip(&self.counts) {
            let bar = "#".repeat((count as f64 / most * BAR).round() as usize);
            writeln!(f, "{name:width$}  {count:7}  {:5.1}%  {bar}", 100.0 * count as f64 / samples)?;
        }
        let ratio = self.ratio();
        match ratio {
            _ if ratio.is_infinite() => write!(f, "a class has no samples at all"),
            _ if ratio <= 1.5 => write!(f, "spread evenly"),
            _ => write!(
                f,
                "the largest class is {ratio:.1} times the smallest; always guessing it is right for {:.1}%",
                100.0 * self.baseline()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_those_of_scikit_learn_and_the_text_says_what_is_wrong() {
        let balance = |counts: &[usize]| Balance::new(counts.to_vec(), (0..counts.len()).map(|class| format!("class {class}")).collect());
        let uneven = balance(&[90, 10]);
        // compute_class_weight("balanced", ..) of 90 zeros and 10 ones.
        assert_eq!(uneven.weights::<2>(), [100.0 / 180.0, 5.0]);
        assert_eq!((uneven.ratio(), uneven.baseline()), (9.0, 0.9));
        assert!(uneven.to_string().contains("class 1       10   10.0%  ###\n") && uneven.to_string().contains("9.0 times"), "{uneven}");
        assert!(balance(&[5, 0]).to_string().contains("no samples") && balance(&[5, 0]).weights::<2>() == [0.5, 0.0]);
    }

    #[test]
    #[should_panic(expected = "weights of 3 classes, of a set of 2")]
    fn another_number_of_classes_panics() {
        let _ = Balance::new(vec![1, 1], vec![String::new(), String::new()]).weights::<3>();
    }
}
