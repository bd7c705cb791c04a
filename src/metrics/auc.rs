//! Areas under curves: how well scores rank.

use super::metric::{Metric, Predictions};
use crate::plot::PlotError;
use crate::plot::scores::{ScoreCurve, ScoreSheet};
use nn_core::Scalar;
use std::cmp::Ordering;
use std::path::Path;

/// The points of a curve.
type Points = Vec<(f64, f64)>;

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

    /// A curve for each list, from its groups of equal scores from the best on: (yes, no). None of a list with a NaN, or without both yes
    /// and no.
    fn curves(&mut self, draw: impl Fn(&mut dyn Iterator<Item = (f64, f64)>, f64, f64) -> Points) -> Vec<(usize, Points)> {
        let mut curves = Vec::new();
        for (class, list) in self.lists.iter_mut().enumerate() {
            let yes = list.iter().filter(|(_, yes)| *yes).count();
            let no = list.len() - yes;
            if yes == 0 || no == 0 || list.iter().any(|(score, _)| score.is_nan()) {
                continue;
            }
            curves.push((class, draw(&mut groups(list), yes as f64, no as f64)));
        }
        curves
    }

    /// A name for the curve of a list.
    fn name(&self, class: usize, area: &str, value: f64) -> String {
        if self.one_vs_rest { format!("class {class}, {area} {value:.4}") } else { format!("{area} {value:.4}") }
    }

    /// The mean of `area` over the lists, each of which it gets as groups of equal scores from the best on: (yes, no).
    fn result(&mut self, area: impl Fn(&mut dyn Iterator<Item = (f64, f64)>) -> f64) -> f64 {
        let mut sum = 0.0;
        for list in &mut self.lists {
            if list.iter().any(|(score, _)| score.is_nan()) {
                return f64::NAN;
            }
            sum += area(&mut groups(list));
        }
        sum / self.lists.len() as f64
    }
}

/// Groups of equal scores from the best on: how many yes and no.
fn groups(list: &mut [(f64, bool)]) -> impl Iterator<Item = (f64, f64)> + '_ {
    list.sort_unstable_by(|a, b| b.0.partial_cmp(&a.0).unwrap_or(Ordering::Equal));
    list.chunk_by(|a, b| a.0 == b.0).map(|group| {
        let yes = group.iter().filter(|(_, yes)| *yes).count();
        (yes as f64, (group.len() - yes) as f64)
    })
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

    /// The curve itself, the share of no taken for yes against the share of yes found, from (0, 0) to (1, 1): one for each class, or one.
    /// None where there are not both yes and no, or a score is NaN.
    #[must_use]
    pub fn curves(&mut self) -> Vec<Vec<(f64, f64)>> {
        self.points().into_iter().map(|(_, points)| points).collect()
    }

    fn points(&mut self) -> Vec<(usize, Points)> {
        self.0.curves(|groups, yes, no| {
            let (mut found, mut wrong, mut points) = (0.0, 0.0, vec![(0.0, 0.0)]);
            for (more_yes, more_no) in groups {
                found += more_yes;
                wrong += more_no;
                points.push((wrong / no, found / yes));
            }
            points
        })
    }

    /// Draws the curve, or one for each class, into an SVG file.
    ///
    /// # Errors
    /// If there is no curve, or the file cannot be written.
    pub fn save_svg(&mut self, path: impl AsRef<Path>) -> Result<(), PlotError> {
        let area =
            |points: &[(f64, f64)]| points.windows(2).map(|pair| (pair[1].0 - pair[0].0) * (pair[0].1 + pair[1].1) / 2.0).sum::<f64>();
        let points = self.points();
        let curves = points.into_iter().map(|(class, points)| ScoreCurve { name: self.0.name(class, "area", area(&points)), points });
        let sheet = ScoreSheet {
            title: "Receiver operating characteristic",
            x: "false positive rate",
            y: "true positive rate",
            curves: curves.collect(),
            guess: Some([(0.0, 0.0), (1.0, 1.0)]),
            legend_right: true,
        };
        sheet.save(path.as_ref())
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

    /// The curve itself, recall against precision in the steps whose area is the average precision: one for each class, or one. None
    /// where there are not both yes and no, or a score is NaN.
    #[must_use]
    pub fn curves(&mut self) -> Vec<Vec<(f64, f64)>> {
        self.points().into_iter().map(|(_, points)| points).collect()
    }

    fn points(&mut self) -> Vec<(usize, Points)> {
        self.0.curves(|groups, yes, _| {
            let (mut found, mut all, mut points) = (0.0, 0.0, Vec::new());
            for (more_yes, more_no) in groups {
                let before = found / yes;
                found += more_yes;
                all += more_yes + more_no;
                points.extend([(before, found / all), (found / yes, found / all)]);
            }
            points
        })
    }

    /// Draws the curve, or one for each class, into an SVG file.
    ///
    /// # Errors
    /// If there is no curve, or the file cannot be written.
    pub fn save_svg(&mut self, path: impl AsRef<Path>) -> Result<(), PlotError> {
        let area = |points: &[(f64, f64)]| points.windows(2).map(|pair| (pair[1].0 - pair[0].0) * pair[0].1).sum::<f64>();
        let points = self.points();
        // Guessing is right as often as the answer is yes.
        let share = points.first().filter(|_| points.len() == 1).and_then(|(_, points)| points.last()).map(|&(_, precision)| precision);
        let curves =
            points.into_iter().map(|(class, points)| ScoreCurve { name: self.0.name(class, "average precision", area(&points)), points });
        let sheet = ScoreSheet {
            title: "Precision and recall",
            x: "recall",
            y: "precision",
            curves: curves.collect(),
            guess: share.map(|share| [(0.0, share), (1.0, share)]),
            legend_right: false,
        };
        sheet.save(path.as_ref())
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

#[cfg(test)]
mod tests {
    use super::*;

    const SCORES: [f32; 6] = [0.9, 0.8, 0.8, 0.6, 0.4, 0.2];
    const TRUTH: [f32; 6] = [1.0, 1.0, 0.0, 0.0, 1.0, 0.0];

    /// The points of scikit-learn's `roc_curve(.., drop_intermediate=False)` and `precision_recall_curve`.
    #[test]
    fn curves_have_the_points_of_scikit_learn_and_the_area_of_the_metric() {
        let predictions = Predictions::numbers(&SCORES, &TRUTH, 1);
        let (mut roc, mut precision) = (RocAuc::binary(), AveragePrecision::binary());
        roc.0.update(predictions);
        precision.0.update(predictions);
        let third = 1.0 / 3.0;
        let points = roc.curves().remove(0);
        let expected = [(0.0, 0.0), (0.0, third), (third, 2.0 * third), (2.0 * third, 2.0 * third), (2.0 * third, 1.0), (1.0, 1.0)];
        assert!(points.iter().zip(expected).all(|(a, b)| (a.0 - b.0).abs() + (a.1 - b.1).abs() < 1e-12) && points.len() == 6, "{points:?}");
        let area: f64 = points.windows(2).map(|pair| (pair[1].0 - pair[0].0) * (pair[0].1 + pair[1].1) / 2.0).sum();
        assert!((area - roc.result()).abs() < 1e-12);
        let points = precision.curves().remove(0);
        assert_eq!((points[1], points[3], points[9]), ((third, 1.0), (2.0 * third, 2.0 / 3.0), (1.0, 0.5)));
        let area: f64 = points.windows(2).map(|pair| (pair[1].0 - pair[0].0) * pair[0].1).sum();
        assert!((area - precision.result()).abs() < 1e-12);
    }

    #[test]
    fn without_both_yes_and_no_there_is_no_curve() {
        let mut roc = RocAuc::binary();
        roc.0.update(Predictions::numbers(&SCORES[..2], &TRUTH[..2], 1));
        assert!(roc.curves().is_empty());
        assert!(roc.save_svg("never-written.svg").unwrap_err().to_string().contains("both yes and no"));
    }
}
