//! Precision, recall and F1.

use super::metric::{Metric, Predictions};
use nn_core::{Scalar, class_of};

/// How the scores of several classes become one: scikit-learn's `average`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Average {
    /// The score of yes, where each output is a yes above the threshold: Keras's `Precision` and `Recall`. With labels, two outputs
    /// count as one: that of class 1.
    Binary {
        /// Outputs above it are a yes. Keras's default is 0.5.
        threshold: f64,
    },
    /// The score of the counts of all classes together: of single labels, the accuracy.
    Micro {
        /// The number of classes.
        classes: usize,
    },
    /// The mean of the classes' scores.
    Macro {
        /// The number of classes.
        classes: usize,
    },
    /// The mean of the classes' scores, weighted by the number of samples of each class.
    Weighted {
        /// The number of classes.
        classes: usize,
    },
}

impl Average {
    /// Yes or no, with the threshold 0.5.
    pub const BINARY: Self = Self::Binary { threshold: 0.5 };
}

/// What was found of one class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    /// Of the class and taken for it.
    right: u64,
    /// Taken for it.
    taken: u64,
    /// Of it.
    present: u64,
}

/// The counts of each class.
#[derive(Clone, Debug, PartialEq)]
struct PerClass {
    average: Average,
    counts: Vec<Counts>,
}

impl PerClass {
    fn new(average: Average) -> Self {
        let classes = match average {
            Average::Binary { .. } => 1,
            Average::Micro { classes } | Average::Macro { classes } | Average::Weighted { classes } => classes,
        };
        Self { average, counts: vec![Counts::default(); classes] }
    }

    fn update<T: Scalar>(&mut self, predictions: Predictions<'_, T>) {
        let Average::Binary { threshold } = self.average else {
            for (y, class) in predictions.rows() {
                self.count(y, class);
            }
            return;
        };
        let Some(yes) = self.counts.first_mut() else { return };
        let mut count = |y: f64, present: bool| {
            let taken = y > threshold;
            yes.right += u64::from(taken && present);
            yes.taken += u64::from(taken);
            yes.present += u64::from(present);
        };
        if predictions.row() == 2 && predictions.are_labels() {
            predictions.rows().for_each(|(y, class)| count(y[1].to_f64(), class == 1));
        } else {
            predictions.elements().for_each(|(y, t)| count(y, t > 0.5));
        }
    }

    #[track_caller]
    fn count<T: Scalar>(&mut self, y: &[T], class: usize) {
        let classes = self.counts.len();
        assert!(class < classes && y.len() == classes, "class {class} in a row of {}, for a metric of {classes} classes", y.len());
        let taken = class_of(y);
        self.counts[class].present += 1;
        self.counts[taken].taken += 1;
        self.counts[taken].right += u64::from(taken == class);
    }

    /// The average of `score`.
    fn result(&self, score: impl Fn(Counts) -> f64) -> f64 {
        let sum = |of: fn(&Counts) -> u64| self.counts.iter().map(of).sum::<u64>();
        let total = Counts { right: sum(|c| c.right), taken: sum(|c| c.taken), present: sum(|c| c.present) };
        match self.average {
            Average::Binary { .. } | Average::Micro { .. } => score(total),
            Average::Macro { .. } => {
                // As in scikit-learn, a class that occurs neither as truth nor as prediction is no class.
                let seen = self.counts.iter().filter(|c| c.present + c.taken > 0);
                let (sum, count) = seen.fold((0.0, 0u64), |(sum, count), c| (sum + score(*c), count + 1));
                sum / count as f64
            }
            Average::Weighted { .. } => self.counts.iter().map(|c| score(*c) * c.present as f64).sum::<f64>() / total.present as f64,
        }
    }
}

/// `part / whole`; 0 of nothing, as in Keras and scikit-learn.
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

macro_rules! score {
    ($(#[$doc:meta])* $name:ident, $key:literal, |$counts:ident| $score:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name(PerClass);

        impl $name {
            /// Of no samples yet.
            #[must_use]
            pub fn new(average: Average) -> Self {
                Self(PerClass::new(average))
            }

            /// Forgets all samples.
            pub fn reset(&mut self) {
                self.0.counts.fill(Counts::default());
            }

            /// The value over all samples since the last reset.
            #[must_use]
            pub fn result(&mut self) -> f64 {
                self.0.result(|$counts| $score)
            }
        }

        impl<T: Scalar> Metric<T> for $name {
            fn name(&self) -> String {
                $key.to_owned()
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
    };
}

score!(
    /// The share of what was taken for a class that is of it: scikit-learn's `precision_score`, and Keras's `Precision` with
    /// [`Average::BINARY`]. 0 where nothing was taken for it.
    Precision,
    "precision",
    |c| ratio(c.right, c.taken)
);
score!(
    /// The share of a class that was found: scikit-learn's `recall_score`, and Keras's `Recall` with [`Average::BINARY`]. 0 where nothing
    /// is of it.
    Recall,
    "recall",
    |c| ratio(c.right, c.present)
);
score!(
    /// The harmonic mean of precision and recall, `2 right / (taken + present)`: scikit-learn's `f1_score`, Keras's `F1Score`.
    F1Score,
    "f1_score",
    |c| ratio(2 * c.right, c.taken + c.present)
);
