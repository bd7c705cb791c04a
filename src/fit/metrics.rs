//! What a training run measures as it goes.

use crate::metrics::{AsTruth, Metric, Predictions};
use nn_core::train::loss::Loss;
use nn_core::train::optimizer::Optimizer;
use nn_core::train::{Session, StepReport};
use nn_core::{Network, Real, Shape};

/// The metrics of a trainer, and how to show them the last batch of a session.
pub(super) struct Metrics<N: Network, const B: usize, O: Optimizer<N::Scalar> + 'static, L: Loss<N::Scalar, N::Out> + 'static> {
    metrics: Vec<Box<dyn Metric<N::Scalar>>>,
    /// A function, because only a network with one output can have metrics. None without metrics.
    update: Option<Update<N, B, O, L>>,
}

type Update<N, const B: usize, O, L> = fn(&mut Session<N, B, O, L>, &mut [Box<dyn Metric<<N as Network>::Scalar>>]);

impl<N: Network, const B: usize, O: Optimizer<N::Scalar> + 'static, L: Loss<N::Scalar, N::Out> + 'static> Default for Metrics<N, B, O, L> {
    fn default() -> Self {
        Self { metrics: Vec::new(), update: None }
    }
}

impl<N: Network, const B: usize, O: Optimizer<N::Scalar> + 'static, L: Loss<N::Scalar, N::Out> + 'static> Metrics<N, B, O, L> {
    pub fn push(&mut self, metric: impl Metric<N::Scalar> + 'static)
    where
        N::Out: Real,
        L::Target: AsTruth<N::Scalar>,
    {
        self.metrics.push(Box::new(metric));
        self.update = Some(update::<N, B, O, L>);
    }

    /// Their names, without those of the loss.
    pub fn names(&self) -> Vec<String> {
        self.metrics.iter().map(|metric| metric.name()).collect()
    }

    pub fn reset(&mut self) {
        self.metrics.iter_mut().for_each(|metric| metric.reset());
    }

    /// After a batch.
    pub fn update(&mut self, session: &mut Session<N, B, O, L>) {
        if let Some(update) = self.update {
            update(session, &mut self.metrics);
        }
    }

    /// All by name with a prefix, sorted as Keras prints them.
    pub fn values(&mut self, loss: f64, accuracy: Option<f64>, prefix: &str) -> Vec<(String, f64)> {
        let own = accuracy.map(|accuracy| ("accuracy".to_owned(), accuracy)).into_iter().chain([("loss".to_owned(), loss)]);
        let mut values: Vec<(String, f64)> = own.chain(self.metrics.iter_mut().map(|metric| (metric.name(), metric.result()))).collect();
        values.iter_mut().for_each(|(name, _)| name.insert_str(0, prefix));
        values.sort_by(|a, b| a.0.cmp(&b.0));
        values
    }
}

fn update<N, const B: usize, O, L>(session: &mut Session<N, B, O, L>, metrics: &mut [Box<dyn Metric<N::Scalar>>])
where
    N: Network<Out: Real>,
    O: Optimizer<N::Scalar> + 'static,
    L: Loss<N::Scalar, N::Out, Target: AsTruth<N::Scalar>> + 'static,
{
    session.outputs(&mut |output, target| {
        let outputs = N::Out::scalars::<N::Scalar>(std::slice::from_ref(output));
        let predictions = Predictions::sample(outputs, <N::Out as Shape>::DIMS.last(), target.as_truth());
        metrics.iter_mut().for_each(|metric| metric.update(predictions));
    });
}

/// The running means of one epoch.
#[derive(Clone, Copy, Default)]
pub(super) struct Running {
    pub loss: f64,
    pub counted: f64,
    pub hits: Option<(usize, usize)>,
}

impl Running {
    pub fn add(&mut self, report: &StepReport) {
        self.loss += report.loss * report.counted;
        self.counted += report.counted;
        if let Some((right, of)) = report.hits {
            let (r, o) = self.hits.unwrap_or_default();
            self.hits = Some((r + right, o + of));
        }
    }

    pub fn loss(&self) -> f64 {
        if self.counted > 0.0 { self.loss / self.counted } else { 0.0 }
    }

    pub fn accuracy(&self) -> Option<f64> {
        self.hits.map(|(right, of)| right as f64 / of.max(1) as f64)
    }
}
