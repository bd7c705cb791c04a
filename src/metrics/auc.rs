//! Areas under curves: how well scores rank.

use super::metric::{Metric, Predictions};
use nn_core::Scalar;
use std::cmp::Ordering;

/// Scores with their truth, one list for each class that is told from the rest.
///
/// All are kept, for the area is exact; the memory is kept as well, so that after the first epoch nothing is allocated.
#[derive(Clone, Debug, PartialEq)]
struct Scores {
    /// For yes or no: one list.
    lists: Vec<Vec<(f64, bool)>>,
    one_vs_rest: bool,
}

impl Scores {
    fn binary() -> Self {
        Self { lists: vec![Vec::new()], one_vs_rest: false }
    }

    fn one_vs_rest(classes: usize) -> Self {
        Self { lists: vec![Vec::new(); classes], one_vs_rest: true }
    }

    fn reset(&mut self) {
        self.lists.iter_mut().for_each(Vec::clear);
    }

    fn update<T: Scalar>(&mut self, predictions: Predictions<'_, T>) {
        if self.one_vs_rest {
            for (y, class) in predictions.rows() {
                let classes = self.lists.len();
                assert!(class < classes && y.len() == classes, "class {class} in a row of {}, for a metric of {classes} classes", y.len());
                for (at, (list, y)) in self.lists.iter_mut().zip(y).enumerate() {
                    list.push((y.to_f64(), at == class));
                }
            }
            return;
        }
        let Some(list) = self.lists.first_mut() else { return };
        if predictions.row() == 2 && predictions.are_labels() {
            list.extend(predictions.rows().map(|(y, class)| (y[1].to_f64(), class == 1)));
        } else {
            list.extend(predictions.elements().map(|(y, t)| (y, t > 0.5)));
        }
    }

    /// The mean of `area` over the lists, each of which it gets as groups of equal scores from the best on: (yes, no).
    fn result(&mut self, area: impl Fn(&mut dyn Iterator<Item = (f64, f64)>) -> f64) -> f64 {
        let mut sum = 0.0;
        for list in &mut self.lists {
            if list.iter().any(|(score, _)| score.is_nan()) {
                return f64::NAN;
            }
            list.sort_unstable_by(|a, b| b.0.partial_cmp(&a.0).unwrap_or(Ordering::Equal));
            let mut groups = list.chunk_by(|a, b| a.0 == b.0).map(|group| {
                let yes = group.iter().filter(|(_, yes)| *yes).count();
                (yes as f64, (group.len() - yes) as f64)
            });
            sum += area(&mut groups);
        }
        sum / self.lists.len() as f64
    }
}

/// The area under the receiver operating characteristic: the probability that a random yes has a higher score than a random no,
/// where equal scores count one half. Exact, as scikit-learn's `roc_auc_score`; Keras's `AUC` approximates it with 200 thresholds.
///
/// NaN unless there are both yes and no, or if a score is NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct RocAuc(Scores);

impl RocAuc {
    /// Of yes or no: of each output with its target of 0 or 1; of two outputs with a label, of the second.
    #[must_use]
    pub fn binary() -> Self {
        Self(Scores::binary())
    }
    /// The mean over the classes, each against the rest: scikit-learn's `multi_class="ovr"`.
    #[must_use]
    pub fn one_vs_rest(classes: usize) -> Self {
        Self(Scores::one_vs_rest(classes))
    }

    /// Forgets all samples.
    pub fn reset(&mut self) {
        self.0.reset();
    }

    /// The value over all samples since the last reset.
    #[must_use]
    pub fn result(&mut self) -> f64 {
        self.0.result(|groups| {
            let (mut yes, mut no, mut won) = (0.0, 0.0, 0.0);
            for (more_yes, more_no) in groups {
                won += more_no * (yes + 0.5 * more_yes);
                yes += more_yes;
                no += more_no;
            }
            won / (yes * no)
        })
    }
}

impl<T: Scalar> Metric<T> for RocAuc {
    fn name(&self) -> String {
        "auc".to_owned()
    }
    fn reset(&mut self) {
        Self::reset(self);
    }
    /// # Panics
    /// If rows have another number of classes than the metric.
    fn update(&mut self, predictions: Predictions<'_, T>) {
        self.0.update(predictions);
    }
    fn result(&mut self) -> f64 {
        Self::result(self)
    }
}

/// The area under the curve of precision over recall as a sum of steps, `sum((R_n - R_(n-1)) P_n)` over the thresholds: scikit-learn's
/// `average_precision_score`. Keras's `AUC(curve="PR")` interpolates instead.
///
/// 0 if there is no yes, as in scikit-learn; NaN if a score is NaN, or there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct AveragePrecision(Scores);

impl AveragePrecision {
    /// Of yes or no: of each output with its target of 0 or 1; of two outputs with a label, of the second.
    #[must_use]
    pub fn binary() -> Self {
        Self(Scores::binary())
    }
    /// The mean over the classes, each against the rest: scikit-learn's `average="macro"`.
    #[must_use]
    pub fn one_vs_rest(classes: usize) -> Self {
        Self(Scores::one_vs_rest(classes))
    }

    /// Forgets all samples.
    pub fn reset(&mut self) {
        self.0.reset();
    }

    /// The value over all samples since the last reset.
    #[must_use]
    pub fn result(&mut self) -> f64 {
        self.0.result(|groups| {
            let (mut yes, mut all, mut sum) = (0.0, 0.0, 0.0);
            for (more_yes, more_no) in groups {
                yes += more_yes;
                all += more_yes + more_no;
                sum += more_yes * (yes / all);
            }
            match (yes, all) {
                (_, 0.0) => f64::NAN,
                (0.0, _) => 0.0,
                _ => sum / yes,
            }
        })
    }
}

impl<T: Scalar> Metric<T> for AveragePrecision {
    fn name(&self) -> String {
        "average_precision".to_owned()
    }
    fn reset(&mut self) {
        Self::reset(self);
    }
    /// # Panics
    /// If rows have another number of classes than the metric.
    fn update(&mut self, predictions: Predictions<'_, T>) {
        self.0.update(predictions);
    }
    fn result(&mut self) -> f64 {
        Self::result(self)
    }
}
