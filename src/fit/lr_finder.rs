//! Which learning rates a network can learn with.

use super::{FitError, Trainer};
use crate::fit::order::Order;
use crate::plot::{PlotError, save_lr_sweep};
use nn_core::memory::{copy, zeroed_box};
use nn_core::train::loss::Loss;
use nn_core::train::optimizer::Optimizer;
use nn_core::train::{Dataset, Session, Unavailable};
use nn_core::{Executor, Network};
use std::path::Path;

/// How a sweep goes through learning rates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LrRange {
    /// The first rate. Default: 1e-6.
    pub start: f64,
    /// The last rate, if the loss lets the sweep get there. Default: 10.
    pub end: f64,
    /// How many steps, each by the same factor. Default: 100.
    pub steps: usize,
}

impl Default for LrRange {
    fn default() -> Self {
        Self { start: 1e-6, end: 10.0, steps: 100 }
    }
}

/// The losses of a sweep through learning rates (L. N. Smith 2017, "Cyclical learning rates for training neural networks").
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LrSweep {
    /// The learning rate of each step.
    pub rates: Vec<f64>,
    /// The loss of the batch before the step.
    pub losses: Vec<f64>,
    /// The moving average of the losses, corrected for its beginning, which keeps 0.9 of itself in each step.
    pub smoothed: Vec<f64>,
}

/// What a moving average keeps of itself.
const KEPT: f64 = 0.9;

/// After so many steps it is one of many.
const SETTLED: usize = 10;

/// A sweep ends when the smoothed loss is so many times the smallest one.
const DIVERGED: f64 = 4.0;

impl LrSweep {
    fn push(&mut self, rate: f64, loss: f64) {
        let before = self.smoothed.last().map_or(0.0, |last| last * (1.0 - KEPT.powi(self.smoothed.len() as i32)));
        let sum = KEPT * before + (1.0 - KEPT) * loss;
        self.smoothed.push(sum / (1.0 - KEPT.powi(self.smoothed.len() as i32 + 1)));
        self.rates.push(rate);
        self.losses.push(loss);
    }

    fn diverged(&self) -> bool {
        let best = self.smoothed.iter().copied().fold(f64::INFINITY, f64::min);
        // Losses below 0, of a user's own, do not diverge by a factor.
        self.smoothed.last().is_some_and(|last| best > 0.0 && *last > DIVERGED * best)
    }

    /// The rate at which the smoothed loss falls most steeply, by the logarithm of the rate, before its minimum: one to begin with. `None`
    /// if it never falls.
    ///
    /// The slope is that of the line through an eighth of all points, so that no single batch decides, and the first ten do not count, while the
    /// average is one of few losses.
    #[must_use]
    pub fn suggestion(&self) -> Option<f64> {
        let best = self.smoothed.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1))?.0;
        let half = (self.smoothed.len() / 16).max(2);
        let slope = |window: &[f64]| window.iter().enumerate().map(|(place, loss)| (place as f64 - half as f64) * loss).sum::<f64>();
        let slopes = self.smoothed[..=best].windows(2 * half + 1).map(slope).enumerate().skip(SETTLED);
        let (at, slope) = slopes.min_by(|a, b| a.1.total_cmp(&b.1))?;
        (slope < 0.0).then(|| self.rates[at + half])
    }

    /// Draws it as SVG, see [`save_lr_sweep`].
    ///
    /// # Errors
    /// If there is nothing to draw, or the file cannot be written.
    pub fn save_svg(&self, path: impl AsRef<Path>) -> Result<(), PlotError> {
        save_lr_sweep(path, &self.rates, &self.losses, &self.smoothed, self.suggestion())
    }
}

impl<N: Network, const B: usize, O, L> Trainer<'_, N, B, O, L>
where
    O: Optimizer<N::Scalar> + Clone + Send + 'static,
    L: Loss<N::Scalar, N::Out> + Clone + Send + 'static,
{
    /// Trains a copy of `net` with a learning rate that grows from step to step, until the loss diverges, and returns what it saw. Neither the
    /// network nor the trainer changes.
    ///
    /// ```
    /// # use nn::prelude::*;
    /// # network! { struct Net { input: [64], Dense(32), Relu, Dense(10), Softmax } }
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let train = nn::data::digits()?;
    /// # let net = Net::new(1);
    /// let sweep = Trainer::<Net, 64>::new(Adam::default(), SparseCategoricalCrossentropy).find_learning_rate(&net, &train, LrRange::default())?;
    /// let rate = sweep.suggestion().unwrap_or(1e-3);
    /// # assert!(rate > 1e-4 && rate < 1.0, "{rate}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`fit`](super::Fit::fit), and for a range that is none. A loss that is not finite is the end of the sweep and no error.
    pub fn find_learning_rate<D>(&self, net: &N, data: &D, range: LrRange) -> Result<LrSweep, FitError>
    where
        D: Dataset<N::Scalar, N::In, L::Target>,
    {
        let LrRange { start, end, steps } = range;
        if !(start > 0.0 && end > start && end.is_finite() && steps > 1) {
            return Err(FitError::LrRange { range });
        }
        let (train, _) = self.parts(data)?;
        self.ready(net, &train)?;
        let mut copied = zeroed_box::<N>();
        copy(net, &mut *copied);
        let (mut session, order) = (self.fresh_session(), self.order(&train));
        let result = self.on_threads(|executor| sweep(&mut session, &mut *copied, &train, range, order, executor))?;
        result.map_err(|source| FitError::Data { data: "training", source, history: Box::default() })
    }
}

fn sweep<N: Network, const B: usize, O, L, D>(
    session: &mut Session<N, B, O, L>,
    net: &mut N,
    data: &D,
    range: LrRange,
    mut order: Order,
    executor: &dyn Executor,
) -> Result<LrSweep, Unavailable>
where
    O: Optimizer<N::Scalar> + 'static,
    L: Loss<N::Scalar, N::Out> + 'static,
    D: Dataset<N::Scalar, N::In, L::Target>,
{
    let LrRange { start, end, steps } = range;
    let (mut sweep, batches) = (LrSweep::default(), order.batches(B));
    for step in 0..steps {
        let rate = start * (end / start).powf(step as f64 / (steps - 1) as f64);
        session.set_learning_rate(rate);
        let (pass, place) = ((step / batches) as u64, step % batches);
        let (reading, places) = order.reading(pass, place, B);
        data.prepare(reading, places)?;
        let indices = order.batch(pass, place, B);
        let Ok(report) = session.step(net, data, indices, executor) else { break };
        sweep.push(rate, report.loss);
        if sweep.diverged() {
            break;
        }
    }
    Ok(sweep)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_average_of_a_constant_is_that_constant_from_the_start() {
        let mut sweep = LrSweep::default();
        (1..9).for_each(|i| sweep.push(f64::from(i), 3.0));
        assert!(sweep.smoothed.iter().all(|loss| (loss - 3.0).abs() < 1e-12), "{:?}", sweep.smoothed);
        assert!(!sweep.diverged() && sweep.suggestion().is_none_or(|_| sweep.smoothed.windows(2).any(|two| two[0] != two[1])));
        sweep.push(9.0, 200.0);
        assert!(sweep.diverged());
    }

    #[test]
    fn the_steepest_rate_is_in_the_middle_of_a_fall() {
        let smoothed: Vec<f64> = (0..60).map(|i| if i < 45 { -((f64::from(i) - 20.0) / 4.0).tanh() } else { f64::from(i) }).collect();
        let sweep = LrSweep { rates: (0..60).map(f64::from).collect(), losses: smoothed.clone(), smoothed };
        assert_eq!(sweep.suggestion(), Some(20.0));
        let rising = LrSweep { rates: vec![1.0; 9], losses: vec![0.0; 9], smoothed: (0..9).map(f64::from).collect() };
        assert_eq!((rising.suggestion(), LrSweep::default().suggestion()), (None, None));
    }
}
