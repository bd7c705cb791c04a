//! The coefficient of determination.

use super::metric::{Metric, Predictions};
use nn_core::Scalar;

/// How much of the variance of the targets the outputs explain: `1 - sum((t - y)^2) / sum((t - mean(t))^2)` for each value of a
/// sample, then averaged over the values. Keras's and scikit-learn's `R2Score`: 1 is perfect, 0 is as good as always the mean.
///
/// Where a target never varies, it is 1 for perfect outputs and 0 for others, as in scikit-learn. Undefined (NaN) below two samples.
#[derive(Clone, Debug, PartialEq)]
pub struct R2Score {
    samples: u64,
    outputs: Vec<Output>,
}

/// One value of the samples.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Output {
    /// The mean of the targets so far, and the sum of the squares of their distance to it (Welford 1962).
    mean: f64,
    squares: f64,
    /// The sum of squared errors.
    errors: f64,
}

impl R2Score {
    /// For samples of `outputs` values.
    #[must_use]
    pub fn new(outputs: usize) -> Self {
        Self { samples: 0, outputs: vec![Output::default(); outputs] }
    }

    /// Forgets all samples.
    pub fn reset(&mut self) {
        self.samples = 0;
        self.outputs.fill(Output::default());
    }

    /// The value over all samples since the last reset.
    #[must_use]
    pub fn result(&mut self) -> f64 {
        if self.samples < 2 {
            return f64::NAN;
        }
        let score = |output: &Output| match (output.errors, output.squares) {
            (0.0, 0.0) => 1.0,
            (errors, 0.0) if !errors.is_nan() => 0.0,
            (errors, squares) => 1.0 - errors / squares,
        };
        self.outputs.iter().map(score).sum::<f64>() / self.outputs.len() as f64
    }
}

impl<T: Scalar> Metric<T> for R2Score {
    fn name(&self) -> String {
        "r2_score".to_owned()
    }

    fn reset(&mut self) {
        Self::reset(self);
    }

    /// # Panics
    /// If rows have another length than the metric was made for.
    fn update(&mut self, predictions: Predictions<'_, T>) {
        assert_eq!(predictions.row(), self.outputs.len(), "the length of a row and the outputs of an `R2Score`");
        for (y, t) in predictions.pairs() {
            self.samples += 1;
            for ((output, y), t) in self.outputs.iter_mut().zip(y).zip(t) {
                let (y, t) = (y.to_f64(), t.to_f64());
                let distance = t - output.mean;
                output.mean += distance / self.samples as f64;
                output.squares += distance * (t - output.mean);
                output.errors += (t - y) * (t - y);
            }
        }
    }

    fn result(&mut self) -> f64 {
        Self::result(self)
    }
}
